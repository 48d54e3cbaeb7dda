package dev.mehari.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class that leaves a Netty buffer unreleased. */
public final class LeakWatch implements BeforeAllCallback, AfterAllCallback {
    private int before;

    @Override
    public void beforeAll(ExtensionContext context) {
        collect();
        before = CountingLeakDetector.leaks().size();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        collect();
        assertThat(CountingLeakDetector.leaks()).as("leaked buffers").hasSize(before);
    }

    /** Has the garbage collected and what was leaked among it reported, which Netty does when a buffer is made. */
    private static void collect() {
        for (int i = 0; i < 2; i++) {
            WeakReference<Object> garbage = new WeakReference<>(new Object());
            while (garbage.get() != null) {
                System.gc();
            }
            ByteBuf reporting = PooledByteBufAllocator.DEFAULT.directBuffer(1);
            reporting.release();
        }
    }
}
