package dev.mehari.relay;

import dev.mehari.exchange.Call;

/** Told of every call, for counting; called on the event loop, must not block. */
public interface CallListener {
    /** Counts nothing. */
    CallListener NONE = new CallListener() {
        @Override
        public void began(Call call) {}

        @Override
        public void refused(Call call, Throwable failure) {}
    };

    /** A request has been read; its end is told by {@link Call#onEnd}. */
    void began(Call call);

    /** A request was refused before it reached a route, or because the gateway is stopping. */
    void refused(Call call, Throwable failure);
}
