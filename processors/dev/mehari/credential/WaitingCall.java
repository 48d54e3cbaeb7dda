package dev.mehari.credential;

import dev.mehari.exchange.Conversation;
import dev.mehari.upstream.Upstream;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A call that waits for a place. Its wait ends once: with what it waited for, or because it gave up. For any thread. */
final class WaitingCall {
    /** Calls that wait for the same. */
    record Kind(List<String> upstreams, @Nullable String model) {}

    private final Kind kind;
    private final List<Upstream> candidates;
    private final @Nullable String model;
    private final @Nullable Conversation conversation;
    private final AttemptLog tried;
    private final Consumer<Taking> then;
    private final AtomicBoolean over = new AtomicBoolean();

    /** @param then gets what it waited for, on any thread; never {@link Taking.Busy} */
    WaitingCall(
            List<Upstream> candidates,
            @Nullable String model,
            @Nullable Conversation conversation,
            AttemptLog tried,
            Consumer<Taking> then) {
        kind = kind(candidates, model);
        this.candidates = candidates;
        this.model = model;
        this.conversation = conversation;
        this.tried = tried;
        this.then = then;
    }

    static Kind kind(List<Upstream> candidates, @Nullable String model) {
        return new Kind(candidates.stream().map(Upstream::name).toList(), model);
    }

    Kind kind() {
        return kind;
    }

    /** What there is for it now. */
    Taking ask(CredentialPool pool) {
        return pool.take(pool.waiting().asTheyAre(candidates), model, conversation, tried);
    }

    void hand(Taking taking) {
        if (end()) {
            then.accept(taking);
        } else if (taking instanceof Taking.Taken taken) {
            taken.attempt().end();
        }
    }

    boolean isOver() {
        return over.get();
    }

    /** True the first time. */
    boolean end() {
        return over.compareAndSet(false, true);
    }
}
