package dev.mehari.eip;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** A step that answers as told, in order; on the caller's thread or on another one. The last answer repeats. */
public final class ScriptedUpstream extends AsyncProcessorSupport {
    /** On which thread an upstream ends. */
    public enum Ending {
        CALLERS_THREAD,
        OTHER_THREAD
    }

    private final Ending ending;
    private final Queue<Consumer<Exchange>> script = new ArrayDeque<>();
    private final Queue<CompletableFuture<Void>> held = new ArrayDeque<>();
    private boolean holding;
    private final AtomicInteger calls = new AtomicInteger();

    public ScriptedUpstream(Ending ending) {
        this.ending = ending;
    }

    public ScriptedUpstream answers(Object body) {
        return then(exchange -> {
            exchange.getMessage().setBody(body);
            exchange.getMessage().setHeader("answered", "yes");
            exchange.setProperty("seen", "upstream");
            exchange.setVariable("var", "upstream");
        });
    }

    /** Forgets the script and answers with {@code body} from now on. */
    public synchronized ScriptedUpstream answersOnly(Object body) {
        script.clear();
        return answers(body);
    }

    /** Forgets the script and fails from now on. */
    public synchronized ScriptedUpstream failsOnly(Exception failure) {
        script.clear();
        return fails(failure);
    }

    public ScriptedUpstream fails(Exception failure) {
        return then(exchange -> {
            exchange.getMessage().setBody("half an answer");
            exchange.getMessage().setHeader("answered", "no");
            exchange.setProperty("seen", "upstream");
            exchange.setException(failure);
        });
    }

    public synchronized ScriptedUpstream then(Consumer<Exchange> step) {
        script.add(step);
        return this;
    }

    /** Keeps exchanges from now on until {@link #release}. */
    public synchronized ScriptedUpstream holding() {
        holding = true;
        return this;
    }

    /** Lets held exchanges end with the rest of the script. */
    public void release() {
        while (true) {
            CompletableFuture<Void> next;
            synchronized (this) {
                next = held.poll();
            }
            if (next == null) {
                return;
            }
            next.complete(null);
        }
    }

    public int calls() {
        return calls.get();
    }

    public synchronized int held() {
        return held.size();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        calls.incrementAndGet();
        CompletableFuture<Void> gate = null;
        synchronized (this) {
            if (holding) {
                gate = new CompletableFuture<>();
                held.add(gate);
            }
        }
        if (gate != null) {
            var unused = gate.thenRun(() -> end(exchange, callback, false));
            return false;
        }
        if (ending == Ending.CALLERS_THREAD) {
            end(exchange, callback, true);
            return true;
        }
        new Thread(() -> end(exchange, callback, false), "upstream").start();
        return false;
    }

    private void end(Exchange exchange, AsyncCallback callback, boolean sync) {
        Consumer<Exchange> step;
        synchronized (this) {
            step = script.size() > 1 ? script.remove() : script.peek();
        }
        try {
            step.accept(exchange);
        } catch (RuntimeException e) {
            exchange.setException(e);
        }
        callback.done(sync);
    }
}
