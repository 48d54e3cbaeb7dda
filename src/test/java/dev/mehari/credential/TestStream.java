package dev.mehari.credential;

import dev.mehari.exchange.BodyObserver;
import dev.mehari.exchange.StreamBody;
import dev.mehari.exchange.StreamEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A stream that ends when the test says so. */
final class TestStream implements StreamBody {
    private final List<Consumer<StreamEnd>> listeners = new ArrayList<>();
    boolean discarded;

    void end(StreamEnd how) {
        listeners.forEach(one -> one.accept(how));
    }

    @Override
    public void onEnd(Consumer<StreamEnd> listener) {
        listeners.add(listener);
    }

    @Override
    public void observe(BodyObserver observer) {}

    @Override
    public void discard() {
        discarded = true;
        end(StreamEnd.Discarded.INSTANCE);
    }
}
