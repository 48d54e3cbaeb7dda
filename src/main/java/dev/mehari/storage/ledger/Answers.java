package dev.mehari.storage.ledger;

import dev.mehari.limits.LimitDecision;
import dev.mehari.limits.LimitKind;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the database says to a batch.
 *
 * @param refusals one entry per request, in their order; null where it is granted
 * @param renewed leases
 */
record Answers(List<LimitDecision.@Nullable Refused> refusals, Set<Long> renewed) {
    private static final List<LimitKind> KINDS = List.of(LimitKind.values());

    /** Reads the columns of {@code decide}. */
    static Answers of(ResultSet row, int requests) throws SQLException {
        LimitDecision.@Nullable Refused[] refusals = new LimitDecision.Refused[requests];
        // without a refusal there are no reasons
        Long[] used = longs(row, 2);
        if (used.length > 0) {
            Integer[] status = (Integer[]) row.getArray(1).getArray();
            Long[] limit = longs(row, 3);
            Long[] reset = longs(row, 4);
            for (int place = 0; place < requests; place++) {
                if (status[place] > 0) {
                    refusals[place] = new LimitDecision.Refused(
                            KINDS.get(status[place] - 1),
                            used[place],
                            limit[place],
                            reset[place] == 0 ? null : Instant.ofEpochMilli(reset[place]));
                }
            }
        }
        return new Answers(Arrays.asList(refusals), Set.of(longs(row, 5)));
    }

    /** Null reads as empty. */
    static Long[] longs(ResultSet row, int column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? new Long[0] : (Long[]) array.getArray();
    }
}
