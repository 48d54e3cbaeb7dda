package dev.mehari.storage.ledger;

import dev.mehari.limits.Charge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One key's decisions, done once more, and what is wrong with them. */
final class KeyReplay {
    private static final long MINUTE = 60_000;
    private static final long DAY = 86_400_000;

    /** A lease as granted, for so many calls at once, of which so many may begin. */
    private record Grant(long atMillis, int calls, int requests, Charge reserved) {}

    /** A lease that has ended; it had lapsed before unless it was held. */
    private record Settled(Grant grant, boolean wasHeld) {}

    /** Counts in the current window only, which moves forward only. */
    private static final class Window {
        private long number;
        private long used;

        void move(long now) {
            if (now > number) {
                number = now;
                used = 0;
            }
        }

        void add(long window, long amount) {
            if (window == number) {
                used += amount;
            }
        }
    }

    private final long keyId;
    private final Map<Long, Grant> held = new HashMap<>();
    private final Map<Long, Grant> lapsed = new HashMap<>();
    private final Map<Long, Settled> endings = new HashMap<>();
    private final Window requests = new Window();
    private final Window minute = new Window();
    private final Window tokens = new Window();
    private final Window day = new Window();
    private final Window week = new Window();
    private long total;
    private long requestsLength = MINUTE;
    private long tokensLength = MINUTE;
    private final List<String> faults = new ArrayList<>();
    private int mostHeld;

    KeyReplay(long keyId) {
        this.keyId = keyId;
    }

    List<String> faults() {
        return faults;
    }

    /** Calls at once that are granted now. */
    int held() {
        return held.values().stream().mapToInt(Grant::calls).sum();
    }

    int mostHeld() {
        return mostHeld;
    }

    void next(LoggedDecision one) {
        if (one.limits() != null) {
            requestsLength = one.limits().get(7);
            tokensLength = one.limits().get(8);
        }
        move(one.atMillis());
        Grant grant = held.get(one.leaseId());
        switch (one.what()) {
            case "granted" -> {
                if (exceeded(one) != 0) {
                    fault(one, "granted beyond limit " + exceeded(one));
                }
                grant(one, one.atMillis());
            }
            case "refused" -> {
                if (exceeded(one) != one.refusedBy()) {
                    fault(one, "refused by limit " + one.refusedBy() + ", used up is " + exceeded(one));
                } else if (used(one.refusedBy()) != one.used()) {
                    fault(one, "refused at " + one.used() + ", used are " + used(one.refusedBy()));
                }
            }
            case "adopted" -> grant(one, one.begunMillis());
            case "ended" -> {
                grant(one, one.begunMillis());
                lapse(one);
            }
            case "lapsed" -> lapse(one);
            case "revived" -> {
                Grant old = lapsed.remove(one.leaseId());
                if (old == null) {
                    fault(one, "revived without having lapsed");
                } else {
                    held.put(one.leaseId(), old);
                }
            }
            case "settled" -> {
                Grant ended = held.remove(one.leaseId());
                boolean isHeld = ended != null;
                ended = ended == null ? lapsed.remove(one.leaseId()) : ended;
                if (ended == null) {
                    fault(one, "settled without being held, or twice");
                } else {
                    endings.put(one.leaseId(), new Settled(ended, isHeld));
                    requests.add(ended.atMillis() / requestsLength, one.requests() - ended.requests());
                    charge(ended.atMillis(), one.charge().tokens(), one.charge().nanoDollars());
                    charge(
                            ended.atMillis(),
                            -ended.reserved().tokens(),
                            -ended.reserved().nanoDollars());
                }
            }
            case "taken back" -> {
                held.remove(one.leaseId());
                if (grant == null) {
                    fault(one, "taken back without being held");
                } else {
                    charge(
                            grant.atMillis(),
                            -grant.reserved().tokens(),
                            -grant.reserved().nanoDollars());
                    lapsed.put(
                            one.leaseId(), new Grant(grant.atMillis(), grant.calls(), grant.requests(), Charge.NONE));
                }
            }
            case "runs on", "runs on lapsed" -> runOn(one);
            default -> fault(one, "unknown");
        }
        mostHeld = Math.max(mostHeld, held());
    }

    private void grant(LoggedDecision one, long begun) {
        if (held.put(one.leaseId(), new Grant(begun, one.calls(), one.requests(), one.charge())) != null) {
            fault(one, "granted twice");
        }
        requests.add(begun / requestsLength, one.requests());
        charge(begun, one.charge().tokens(), one.charge().nanoDollars());
    }

    /** A call whose allotment, or place, has just ended: counted and charged with that. */
    private void runOn(LoggedDecision one) {
        @Nullable Settled ended = endings.get(one.allotment());
        if (ended == null) {
            fault(one, "runs on, but its lease has not ended");
        } else if (ended.wasHeld() != "runs on".equals(one.what())) {
            fault(one, "runs on otherwise than its lease ended");
        } else {
            Grant grant = new Grant(ended.grant().atMillis(), 1, 1, one.charge());
            (ended.wasHeld() ? held : lapsed).put(one.leaseId(), grant);
        }
    }

    private void lapse(LoggedDecision one) {
        @Nullable Grant old = held.remove(one.leaseId());
        if (old == null) {
            fault(one, "lapsed without being held");
        } else {
            lapsed.put(one.leaseId(), old);
        }
    }

    private void charge(long begun, long tokenCount, long nanoDollars) {
        minute.add(begun / MINUTE, tokenCount);
        tokens.add(begun / tokensLength, tokenCount);
        day.add(begun / DAY, nanoDollars);
        week.add((begun / DAY - 4) / 7, nanoDollars);
        total += nanoDollars;
    }

    private void move(long now) {
        requests.move(now / requestsLength);
        minute.move(now / MINUTE);
        tokens.move(now / tokensLength);
        day.move(now / DAY);
        week.move((now / DAY - 4) / 7);
    }

    /** The number of the first limit, from 1, that has no room for {@code one}; 0 for none. */
    private int exceeded(LoggedDecision one) {
        List<Long> limits = one.limits();
        if (limits == null) {
            return 0;
        }
        long tokenCount = Math.max(1, one.charge().tokens());
        long nanoDollars = Math.max(1, one.charge().nanoDollars());
        long[] wanted = {one.calls(), one.requests(), tokenCount, tokenCount, nanoDollars, nanoDollars, nanoDollars};
        for (int limit = 1; limit <= wanted.length; limit++) {
            long most = limits.get(limit - 1);
            if (most > 0 && wanted[limit - 1] > 0 && used(limit) + wanted[limit - 1] > most) {
                return limit;
            }
        }
        return 0;
    }

    private long used(int limit) {
        return switch (limit) {
            case 1 -> held();
            case 2 -> requests.used;
            case 3 -> minute.used;
            case 4 -> tokens.used;
            case 5 -> day.used;
            case 6 -> week.used;
            default -> total;
        };
    }

    private void fault(LoggedDecision one, String fault) {
        faults.add("key " + keyId + ", decision " + one.id() + ", lease " + one.leaseId() + ": " + fault);
    }
}
