package dev.mehari.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * Everything that some loggers say, at every level, while it is open: messages, names of threads, stacks with their causes.
 * They say it to nobody else meanwhile.
 */
public final class CapturedLog implements AutoCloseable {
    private final List<Logger> loggers;
    private final AtomicLong lines = new AtomicLong();
    private final AppenderBase<ILoggingEvent> appender;

    private CapturedLog(Consumer<String> listener, String... names) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.incrementAndGet();
                listener.accept(text(event));
            }
        };
        appender.setContext(context);
        appender.start();
        loggers = new CopyOnWriteArrayList<>(
                Arrays.stream(names).map(context::getLogger).toList());
        for (Logger logger : loggers) {
            logger.setLevel(Level.TRACE);
            logger.setAdditive(false);
            logger.addAppender(appender);
        }
    }

    /** Shows {@code listener} every line of these loggers, and of those below them, on the thread that wrote it. */
    public static CapturedLog of(Consumer<String> listener, String... loggers) {
        return new CapturedLog(listener, loggers);
    }

    private static String text(ILoggingEvent event) {
        StringBuilder text = new StringBuilder(event.getLoggerName())
                .append(" [")
                .append(event.getThreadName())
                .append("] ")
                .append(event.getFormattedMessage())
                .append(' ')
                .append(event.getMDCPropertyMap());
        if (event.getThrowableProxy() != null) {
            text.append('\n').append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return text.toString();
    }

    /** Lines so far. */
    public long lines() {
        return lines.get();
    }

    @Override
    public void close() {
        for (Logger logger : loggers) {
            logger.detachAppender(appender);
            logger.setAdditive(true);
            logger.setLevel(null);
        }
        appender.stop();
    }
}
