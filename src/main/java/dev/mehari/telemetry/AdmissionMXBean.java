package dev.mehari.telemetry;

/** Admission, as JMX shows it. */
@Described("Permits and the queue for them")
public interface AdmissionMXBean {
    @Described("Permits that are taken")
    int getInUse();

    @Described("Permits that there are, proxy.max_concurrent")
    int getMaxConcurrent();

    @Described("Requests in the queue")
    int getWaiting();

    @Described("Requests that may be in the queue, proxy.max_queue")
    int getMaxQueue();

    @Described("Requests refused on arrival at the queue, since start")
    long getRejected();

    @Described("Requests refused after waiting for as long as they may, since start")
    long getTimedOut();

    @Described("Requests whose client left while they waited, since start")
    long getCancelled();
}
