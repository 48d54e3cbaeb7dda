package dev.mehari.admission;

import dev.mehari.failure.GatewayBusy;
import java.util.function.Function;
import java.util.function.Supplier;

/** Answer to "may this request start now?". */
public sealed interface Admission {
    /** It may; close the permit when the last byte of the answer is out. */
    record Admitted(Permit permit) implements Admission {}

    /** Not yet; the {@link Waiter} will be told. */
    record Waiting() implements Admission {
        static final Waiting INSTANCE = new Waiting();
    }

    /** No. */
    record Refused(GatewayBusy failure) implements Admission {}

    /** One function for each case. */
    default <R> R fold(
            Function<? super Permit, ? extends R> admitted,
            Supplier<? extends R> waiting,
            Function<? super GatewayBusy, ? extends R> refused) {
        if (this instanceof Admitted a) {
            return admitted.apply(a.permit());
        }
        if (this instanceof Refused r) {
            return refused.apply(r.failure());
        }
        return waiting.get();
    }
}
