package dev.mehari.faults;

import dev.mehari.faults.Try.Ending;
import dev.mehari.faults.Violation.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Judges a run with faulty upstreams by what the upstreams and the clients saw of it, not by what Mehari says of itself.
 *
 * <h2>A call that had a working way succeeded</h2>
 *
 * A call succeeds when it is answered 200 with a whole body. One that does not has failed <em>lawfully</em> when one of these
 * holds:
 *
 * <ol>
 *   <li>Its last try ended so that a POST may not be sent again ({@link Ending#FINAL}): a 500, silence up to the first-byte
 *       timeout, a connection that broke or did not speak HTTP, or a body that was cut after its head had gone to the client.
 *   <li>It has been tried as often as one call may be ({@link Terms#retries}).
 *   <li>The retry budget was spent, or nearly so, in the window before.
 *   <li>There was no way left: each credential had been tried by this very call, or was not free at every instant between its
 *       last try's answer and the client's (for a call without any try, within {@link Terms#slack} before it). A credential
 *       is not free from an answer that may bench it to the longest end of that bench, and from then on around each trial
 *       call until one is served. Nor is it while its upstream may be left alone by its circuit breaker or by ejection, which
 *       {@link Closing} tells. Fringes of {@link Terms#slack} belong to the time that is not free.
 * </ol>
 *
 * Any other failure is {@link Kind#GAVE_UP}: a credential that could have been used was not even tried. What such a try would
 * have brought does not matter. A call that failed although its last try was served is {@link Kind#SPOILED}; one without any
 * answer is {@link Kind#UNANSWERED}. Where circuit breakers are kept out of the run by its settings they excuse nothing.
 *
 * <h2>The rest</h2>
 *
 * <ul>
 *   <li>{@link Kind#SILENT_END}: a stream that began ended neither with its last event nor with an error event; or a JSON
 *       answer that was cut looked whole.
 *   <li>{@link Kind#USED_WHILE_BENCHED}: a try arrived with a credential while an answer that was given to it surely benched
 *       it, the first and the last {@link Terms#slack} of the bench left out. It begins when the next try of the call that was
 *       answered so arrived, or its client had the answer: then Mehari knew.
 *   <li>{@link Kind#SECOND_TRIAL}: after a bench, a try arrived while the trial call had no answer yet.
 *   <li>{@link Kind#USED_WHILE_OPEN}: a try arrived while the circuit breaker of its upstream was surely open.
 *   <li>{@link Kind#REPEATED}: a call was tried again after an ending that forbids it.
 *   <li>{@link Kind#SAME_AGAIN}: a call was tried again with a credential that it had tried, while one that it had not was
 *       free all the time.
 *   <li>{@link Kind#TOO_MANY_TRIES}: more tries than calls x (1 + budget), and the least allowance of each window; or at some
 *       time more tries again than that.
 *   <li>{@link Kind#NOT_RETURNED}: once the upstreams are well, a call failed or a credential stayed unused.
 *   <li>{@link Kind#LEFT_OVER}: something was still held at the end.
 * </ul>
 */
final class FaultCheck {
    private final FaultHistory history;
    private final Map<String, List<Try>> byCall;
    private final Map<String, Long> ends = new HashMap<>();
    private final Map<String, Standing> standings = new TreeMap<>();
    private final Map<String, Closing> closings = new TreeMap<>();
    private final BudgetBook budget;
    private final List<Violation> violations = new ArrayList<>();
    private final Map<String, Integer> endings = new TreeMap<>();

    FaultCheck(FaultHistory history) {
        this.history = history;
        byCall = grouped(Try::call);
        history.calls().forEach(call -> ends.put(call.call(), call.ended()));
        Map<String, List<Try>> byCredential = grouped(Try::credential);
        Map<String, List<Try>> byUpstream = grouped(this::upstream);
        for (String upstream : history.credentials().values()) {
            closings.computeIfAbsent(
                    upstream, name -> new Closing(byUpstream.getOrDefault(name, List.of()), history.terms()));
        }
        for (String credential : history.credentials().keySet()) {
            standings.put(
                    credential,
                    new Standing(
                            byCredential.getOrDefault(credential, List.of()),
                            this::known,
                            history.terms().slackNanos()));
        }
        budget = new BudgetBook(history.terms(), history.calls(), byCall);
        history.calls().forEach(this::judge);
        history.tries().forEach(this::judgeUse);
        standings.forEach((credential, standing) -> standing.besideTrials()
                .forEach(one ->
                        found(Kind.SECOND_TRIAL, one.call() + " arrived with " + credential + " beside its trial")));
        judgeNumber();
        judgeEnd();
    }

    private Map<String, List<Try>> grouped(Function<Try, String> by) {
        return history.tries().stream()
                .sorted(Comparator.comparingLong(Try::arrived))
                .collect(Collectors.groupingBy(by));
    }

    private String upstream(Try one) {
        return history.credentials().get(one.credential());
    }

    /** When the next try of the same call arrived, or its client had the answer. */
    private long known(Try one) {
        return byCall.get(one.call()).stream()
                .mapToLong(Try::arrived)
                .filter(arrived -> arrived > one.answered())
                .findFirst()
                .orElseGet(() -> Math.max(one.answered(), ends.getOrDefault(one.call(), Long.MAX_VALUE / 2)));
    }

    /** All that must not have happened. */
    List<Violation> violations() {
        return violations;
    }

    /** How many tries again arrived within a window of the budget where these were the most, and of how many calls. */
    String mostTriesAgain() {
        return budget.most();
    }

    /** How many calls ended how, in words. */
    Map<String, Integer> endings() {
        return endings;
    }

    private void found(Kind kind, String what) {
        violations.add(new Violation(kind, what));
    }

    private void ended(String how) {
        endings.merge(how, 1, Integer::sum);
    }

    private void judge(Called call) {
        List<Try> tries = byCall.getOrDefault(call.call(), List.of());
        judgeRetries(tries);
        if (call.status() == 0) {
            found(Kind.UNANSWERED, call.call() + " got no answer after " + tries.size() + " tries");
            return;
        }
        if (call.status() == 200 && isSilent(call)) {
            found(Kind.SILENT_END, call + " after " + what(tries));
        }
        if (call.succeeded()) {
            ended(tries.size() > 1 ? "succeeded after another try" : "succeeded at once");
            return;
        }
        Ending last = tries.isEmpty()
                ? Ending.REPEATABLE
                : tries.get(tries.size() - 1).ending();
        if (last == Ending.SERVED) {
            found(Kind.SPOILED, call + " though its last try was served");
        } else if (last == Ending.FINAL) {
            ended("failed: may not be repeated after "
                    + tries.get(tries.size() - 1).what());
        } else {
            judgeGivenUp(call, tries);
        }
    }

    private static boolean isSilent(Called call) {
        return call.delivery() == Called.Delivery.SILENT
                || (call.stream() && call.delivery() == Called.Delivery.BROKEN);
    }

    private void judgeGivenUp(Called call, List<Try> tries) {
        long slack = history.terms().slackNanos();
        long from = tries.isEmpty()
                ? call.ended() - slack
                : Math.min(tries.get(tries.size() - 1).answered(), call.ended() - slack);
        List<String> unbenched = untriedAndFree(tries, from, call.ended());
        String free = open(unbenched, from, call.ended());
        if (tries.size() > history.terms().retries()) {
            ended("failed: tried as often as allowed");
        } else if (!tries.isEmpty() && budget.mayBeSpent(call.ended())) {
            ended("failed: the retry budget was spent");
        } else if (unbenched.isEmpty()) {
            ended("failed: no credential was left");
        } else if (free == null) {
            ended("failed: what was left belonged to an upstream that is left alone");
        } else {
            found(Kind.GAVE_UP, call + " after " + what(tries) + ", though " + free + " was free");
        }
    }

    private List<String> untriedAndFree(List<Try> tries, long from, long until) {
        return history.credentials().keySet().stream()
                .filter(one ->
                        tries.stream().noneMatch(tried -> tried.credential().equals(one)))
                .filter(one -> standings.get(one).isFreeThroughout(from, until))
                .sorted()
                .toList();
    }

    /** The first whose upstream was surely not left alone; null for none. */
    private String open(List<String> credentials, long from, long until) {
        return credentials.stream()
                .filter(one -> !closings.get(history.credentials().get(one)).mayBeWithin(from, until))
                .findFirst()
                .orElse(null);
    }

    private void judgeRetries(List<Try> tries) {
        for (int i = 1; i < tries.size(); i++) {
            Try before = tries.get(i - 1);
            Try again = tries.get(i);
            if (before.ending() != Ending.REPEATABLE) {
                found(Kind.REPEATED, again.call() + " was sent again after " + before.what());
            }
            List<Try> earlier = tries.subList(0, i);
            if (earlier.stream().anyMatch(one -> one.credential().equals(again.credential()))) {
                String free = open(
                        untriedAndFree(earlier, before.answered(), again.arrived()),
                        before.answered(),
                        again.arrived());
                if (free != null) {
                    found(
                            Kind.SAME_AGAIN,
                            again.call() + " went with " + again.credential() + " again, not with " + free);
                }
            }
        }
    }

    private void judgeUse(Try one) {
        if (closings.get(upstream(one)).isSureAt(one.arrived())) {
            found(Kind.USED_WHILE_OPEN, one.call() + " arrived at " + upstream(one) + " though its breaker was open");
        }
        Try cause = standings.get(one.credential()).benchedAt(one);
        if (cause != null) {
            found(
                    Kind.USED_WHILE_BENCHED,
                    String.format(
                            "%s arrived with %s %d ms into the %d ms of a bench for %s",
                            one.call(),
                            one.credential(),
                            (one.arrived() - cause.answered()) / 1_000_000,
                            cause.benched() / 1_000_000,
                            cause.what()));
        }
    }

    private void judgeNumber() {
        if (history.tries().size() > budget.mostTries()) {
            found(
                    Kind.TOO_MANY_TRIES,
                    history.tries().size() + " tries of " + history.calls().size() + " calls, at most "
                            + budget.mostTries());
        }
        if (budget.overdrawn() > 0) {
            found(Kind.TOO_MANY_TRIES, budget.overdrawn() + " tries again too many at one time");
        }
    }

    private void judgeEnd() {
        history.calm().stream()
                .filter(call -> !call.succeeded())
                .forEach(call -> found(Kind.NOT_RETURNED, call + " once all upstreams were well"));
        history.credentials().keySet().stream()
                .filter(one -> !history.calmCredentials().contains(one))
                .forEach(one -> found(Kind.NOT_RETURNED, one + " was not used again"));
        history.left().forEach((what, count) -> {
            if (count != 0) {
                found(Kind.LEFT_OVER, count + " " + what);
            }
        });
    }

    private static String what(List<Try> tries) {
        return tries.isEmpty()
                ? "no try"
                : tries.stream()
                        .map(one -> one.credential() + ": " + one.what())
                        .collect(Collectors.joining(", ", "[", "]"));
    }
}
