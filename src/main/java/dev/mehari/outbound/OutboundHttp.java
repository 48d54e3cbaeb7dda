package dev.mehari.outbound;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.mehari.upstream.ForwardProxy;
import dev.mehari.upstream.UpstreamOptions.Trust;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over clients that are kept for each way out: a forward proxy and whom to trust. Answers of more than 64 KiB,
 * or of more than was said, are failures, and so is one that is not whole within the time given; whatever came of it until then
 * is given up. Never waits; what is told runs on the threads {@code mehari-outbound-N} or on a timer's, and must not block. For any thread.
 */
public final class OutboundHttp implements AutoCloseable {
    static final int MOST_BYTES = 64 * 1024;

    private static final int THREADS = 2;
    private static final int MOST_CLIENTS = 64;
    private static final Duration UNUSED = Duration.ofMinutes(10);

    /** A way out. */
    record Way(@Nullable ForwardProxy proxy, Trust trust) {}

    private final ExecutorService threads;
    private final Cache<Way, HttpClient> clients;

    public OutboundHttp() {
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(THREADS, work -> {
            Thread thread = new Thread(work, "mehari-outbound-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        clients = Caffeine.newBuilder()
                .maximumSize(MOST_CLIENTS)
                .expireAfterAccess(UNUSED)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Sends {@code request}; the version of HTTP is decided here.
     *
     * @throws IllegalArgumentException when the authority to trust cannot be read
     */
    CompletableFuture<HttpResponse<byte[]>> send(Way way, HttpRequest.Builder request, Duration timeout) {
        return send(way, request, timeout, MOST_BYTES);
    }

    /** As the other, with answers of up to {@code most} bytes. */
    CompletableFuture<HttpResponse<byte[]>> send(Way way, HttpRequest.Builder request, Duration timeout, int most) {
        HttpRequest ready = request.timeout(timeout).build();
        // Over plain HTTP the offer to upgrade would be one more thing that a server may stumble over.
        HttpRequest sent = "https".equals(ready.uri().getScheme())
                ? ready
                : request.version(HttpClient.Version.HTTP_1_1).build();
        CompletableFuture<HttpResponse<byte[]>> under =
                clients.get(way, this::client).sendAsync(sent, head -> new BoundedBody(most));
        CompletableFuture<HttpResponse<byte[]>> answer = new CompletableFuture<>();
        under.whenComplete((response, failure) -> {
            if (failure == null) {
                answer.complete(response);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        // The request's own timeout ends with the head of the answer.
        return answer.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).whenComplete((response, failure) -> {
            if (failure != null) {
                under.cancel(true);
            }
        });
    }

    private HttpClient client(Way way) {
        HttpClient.Builder client = HttpClient.newBuilder()
                .executor(threads)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_2)
                .proxy(
                        way.proxy() == null
                                ? HttpClient.Builder.NO_PROXY
                                : ProxySelector.of(InetSocketAddress.createUnresolved(
                                        way.proxy().host(), way.proxy().port())));
        if (!way.trust().equals(Trust.SYSTEM)) {
            client.sslContext(TrustedBy.context(way.trust()));
        }
        return client.build();
    }

    @Override
    public void close() {
        clients.invalidateAll();
        threads.shutdownNow();
    }
}
