package dev.mehari.eip.breaker;

import dev.mehari.exchange.StreamBody;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.UnitOfWorkHelper;
import org.jspecify.annotations.Nullable;

/**
 * The copy of an exchange that the breaker's steps work on, so that the fallback finds the request as it was.
 *
 * <p>Whoever works on the original owns it alone. Without a timeout the steps are waited for, and both share one unit of
 * work: what steps registered for completion lives as long as the exchange. With a timeout the steps may go on after the
 * exchange has been answered, so the copy has a unit of work of its own, handed over only with an answer in time.
 */
final class StepsRun {
    private final Exchange original;
    private final Exchange copy;
    private final @Nullable UnitOfWork own;

    private StepsRun(Exchange original, Exchange copy, @Nullable UnitOfWork own) {
        this.original = original;
        this.copy = copy;
        this.own = own;
    }

    static StepsRun awaited(Exchange original) {
        Exchange copy = ExchangeHelper.createCorrelatedCopy(original, false);
        copy.getExchangeExtension().setUnitOfWork(original.getUnitOfWork());
        return new StepsRun(original, copy, null);
    }

    static StepsRun abandonable(Exchange original) {
        Exchange copy = ExchangeHelper.createCorrelatedCopy(original, false);
        UnitOfWork own = PluginHelper.getUnitOfWorkFactory(copy.getContext()).createUnitOfWork(copy);
        copy.getExchangeExtension().setUnitOfWork(own);
        Route route = ExchangeHelper.getRoute(original);
        if (route != null) {
            own.pushRoute(route);
        }
        return new StepsRun(original, copy, own);
    }

    Exchange copy() {
        return copy;
    }

    /** Moves the answer to the original exchange. */
    void takeAnswer() {
        ExchangeHelper.copyResults(original, copy);
        if (own != null) {
            own.handoverSynchronization(original);
            UnitOfWorkHelper.doneUow(own, copy);
        } else if (original.getUnitOfWork() == null) {
            copy.getExchangeExtension().handoverCompletions(original);
        }
    }

    /** Leaves the original as it was before the steps. */
    void dropFailure() {
        if (own != null) {
            UnitOfWorkHelper.doneUow(own, copy);
        } else if (original.getUnitOfWork() == null) {
            copy.getExchangeExtension().handoverCompletions(original);
        }
    }

    /** Ends an answer that nobody waits for any longer. */
    void dropLateAnswer() {
        if (copy.getMessage().getBody() instanceof StreamBody stream) {
            stream.discard();
        }
        UnitOfWorkHelper.doneUow(own, copy);
    }

    /** Asks the steps to stop: those that have not begun when this is seen are not run. */
    void cancel() {
        copy.setRouteStop(true);
    }
}
