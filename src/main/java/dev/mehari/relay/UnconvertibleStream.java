package dev.mehari.relay;

import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.TypeConversionException;
import org.apache.camel.spi.TypeConverterRegistry;
import org.apache.camel.support.TypeConverterSupport;

/**
 * Says no when a route asks for the content of an answer that is still coming: it is not there, and waiting for it would
 * block an event loop. Without this, Camel would take {@code toString()} for the content.
 */
final class UnconvertibleStream extends TypeConverterSupport {
    private static final List<Class<?>> CONTENTS =
            List.of(String.class, byte[].class, InputStream.class, Reader.class, ByteBuffer.class);

    private UnconvertibleStream() {}

    static void addTo(TypeConverterRegistry registry) {
        UnconvertibleStream no = new UnconvertibleStream();
        for (Class<?> content : CONTENTS) {
            registry.addTypeConverter(content, LiveBody.class, no);
        }
    }

    @Override
    public <T> T convertTo(Class<T> type, Exchange exchange, Object value) {
        throw new TypeConversionException(
                value,
                type,
                new IllegalStateException("This answer is a stream that is still coming: a route can pass it on,"
                        + " but cannot read it or log its body"));
    }
}
