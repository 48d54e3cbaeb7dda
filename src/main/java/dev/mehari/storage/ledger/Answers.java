package dev.mehari.storage.ledger;

import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitKind;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What the database says to a batch: about what it acquires, by place, and about leases. */
final class Answers {
    private static final List<LimitKind> KINDS = List.of(LimitKind.values());

    private final Integer[] status;
    private final Long[] used;
    private final Long[] limit;
    private final Long[] reset;
    private final Set<Long> renewed;
    private final Set<Long> takenBack;

    private Answers(Integer[] status, Long[] used, Long[] limit, Long[] reset, Set<Long> renewed, Set<Long> takenBack) {
        this.status = status;
        this.used = used;
        this.limit = limit;
        this.reset = reset;
        this.renewed = renewed;
        this.takenBack = takenBack;
    }

    /** Reads the columns of {@code decide_20}. */
    static Answers of(ResultSet row) throws SQLException {
        // without a refusal and an allotment there are no numbers, and all is granted
        Long[] used = longs(row, 2);
        Integer[] status =
                used.length == 0 ? new Integer[0] : (Integer[]) row.getArray(1).getArray();
        return new Answers(status, used, longs(row, 3), longs(row, 4), Set.of(longs(row, 5)), Set.of(longs(row, 6)));
    }

    boolean isGranted(int place) {
        return status.length == 0 || status[place] == 0;
    }

    /** True when what is refused may be there all the same, in allotments that have been called back. */
    boolean isProvisional(int place) {
        return status[place] < 0;
    }

    /** Of a request that is not granted. */
    LimitDecision.Refused refusal(int place) {
        return new LimitDecision.Refused(
                KINDS.get(Math.abs(status[place]) - 1),
                used[place],
                limit[place],
                reset[place] == 0 ? null : Instant.ofEpochMilli(reset[place]));
    }

    /** What an allotment that is granted is for: all of {@code request}, or the part that there was. */
    AllotmentRequest granted(int place, AllotmentRequest request) {
        return request.of(Math.toIntExact(used[place]), Math.toIntExact(limit[place]));
    }

    /** How long an allotment that is granted lasts at most. */
    long lastsMillis(int place) {
        return reset[place];
    }

    boolean isRenewed(Held lease) {
        return renewed.contains(lease.id());
    }

    /** True when an operator had taken the lease back before it was settled. */
    boolean isTakenBack(Settlement settlement) {
        return takenBack.contains(settlement.leaseId());
    }

    /** Null reads as empty. */
    static Long[] longs(ResultSet row, int column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? new Long[0] : (Long[]) array.getArray();
    }
}
