package dev.mehari.testing;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A collector of traces: takes OTLP over HTTP and remembers what came. */
public final class OtlpCollector implements AutoCloseable {
    /**
     * A span that came.
     *
     * @param parentId empty for none
     * @param attributes values as text
     */
    public record Received(
            String name,
            Span.SpanKind kind,
            String traceId,
            String spanId,
            String parentId,
            long startNanos,
            long endNanos,
            boolean error,
            Map<String, String> attributes) {
        public boolean isOfCall() {
            return kind == Span.SpanKind.SPAN_KIND_SERVER;
        }
    }

    private final StubUpstream stub;

    private OtlpCollector(StubUpstream stub) {
        this.stub = stub;
    }

    /** One that takes everything. */
    public static OtlpCollector taking() {
        return new OtlpCollector(
                StubUpstream.answering((request, reply) -> reply.bytes(200, "application/x-protobuf", new byte[0])));
    }

    /** One that never answers. */
    public static OtlpCollector hanging() {
        return new OtlpCollector(StubUpstream.answering((request, reply) -> {}));
    }

    public String url() {
        return "http://127.0.0.1:" + stub.port();
    }

    /** What came, as it came. */
    public List<StubUpstream.Request> requests() {
        return stub.requests();
    }

    /** All bytes that came, headers left out. */
    public String bytes() {
        return stub.requests().stream()
                .map(request -> new String(request.body(), StandardCharsets.ISO_8859_1))
                .collect(Collectors.joining("\n"));
    }

    /** All spans so far, by their start. */
    public List<Received> spans() {
        return stub.requests().stream()
                .flatMap(request -> parse(request.body()).getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .map(OtlpCollector::received)
                .sorted(Comparator.comparingLong(Received::startNanos))
                .toList();
    }

    /** What the senders of spans say of themselves. */
    public Map<String, String> resource() {
        return attributes(parse(stub.requests().get(0).body())
                .getResourceSpans(0)
                .getResource()
                .getAttributesList());
    }

    /** Waits for the span of the call with this {@code X-Request-Id}; all of its trace, the call's own first. */
    public List<Received> trace(String requestId) {
        await().atMost(Duration.ofSeconds(15)).until(() -> spans().stream().anyMatch(span -> isOf(requestId, span)));
        Received call = spans().stream()
                .filter(span -> isOf(requestId, span))
                .findFirst()
                .orElseThrow();
        return spans().stream()
                .filter(span ->
                        span.spanId().equals(call.spanId()) || span.parentId().equals(call.spanId()))
                .sorted(Comparator.comparing((Received span) -> !span.isOfCall())
                        .thenComparingLong(Received::startNanos))
                .toList();
    }

    private static boolean isOf(String requestId, Received span) {
        return requestId.equals(span.attributes().get("mehari.request_id"));
    }

    private static ExportTraceServiceRequest parse(byte[] body) {
        try {
            return ExportTraceServiceRequest.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Received received(Span span) {
        return new Received(
                span.getName(),
                span.getKind(),
                hex(span.getTraceId()),
                hex(span.getSpanId()),
                hex(span.getParentSpanId()),
                span.getStartTimeUnixNano(),
                span.getEndTimeUnixNano(),
                span.getStatus().getCodeValue() == 2,
                attributes(span.getAttributesList()));
    }

    private static Map<String, String> attributes(List<KeyValue> all) {
        Map<String, String> byName = new TreeMap<>();
        all.forEach(one -> byName.put(one.getKey(), text(one.getValue())));
        return byName;
    }

    private static String text(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case INT_VALUE -> Long.toString(value.getIntValue());
            case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            default -> value.toString();
        };
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    @Override
    public void close() {
        stub.close();
    }
}
