package dev.mehari.eip;

import dev.mehari.exchange.BodyObserver;
import dev.mehari.exchange.StreamBody;
import dev.mehari.exchange.StreamEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A stream that ends when told to. */
public final class FakeStream implements StreamBody {
    private final List<Consumer<StreamEnd>> listeners = new ArrayList<>();
    private StreamEnd end;

    @Override
    public synchronized void onEnd(Consumer<StreamEnd> listener) {
        if (end == null) {
            listeners.add(listener);
        } else {
            listener.accept(end);
        }
    }

    @Override
    public void observe(BodyObserver observer) {
        throw new UnsupportedOperationException("this stream has no bytes");
    }

    @Override
    public void discard() {
        end(StreamEnd.Discarded.INSTANCE);
    }

    public synchronized void end(StreamEnd how) {
        if (end == null) {
            end = how;
            listeners.forEach(listener -> listener.accept(how));
        }
    }

    public synchronized boolean isDiscarded() {
        return end instanceof StreamEnd.Discarded;
    }
}
