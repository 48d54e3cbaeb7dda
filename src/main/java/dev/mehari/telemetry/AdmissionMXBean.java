package dev.mehari.telemetry;

/** Admission, as JMX shows it. */
@Described("Permits and the queue for them")
public interface AdmissionMXBean {
    @Described(value = "Permits that are taken", unit = "permits")
    int getInUse();

    @Described(value = "Permits that there are, proxy.max_concurrent", unit = "permits")
    int getMaxConcurrent();

    @Described(value = "Requests in the queue", unit = "requests")
    int getWaiting();

    @Described(value = "Requests that may be in the queue, proxy.max_queue", unit = "requests")
    int getMaxQueue();

    @Described(value = "Requests refused on arrival at the queue, since start", unit = "requests")
    long getRejected();

    @Described(value = "Requests refused after waiting for as long as they may, since start", unit = "requests")
    long getTimedOut();

    @Described(value = "Requests whose client left while they waited, since start", unit = "requests")
    long getCancelled();
}
