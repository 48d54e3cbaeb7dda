package dev.mehari.storage.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What one round trip carries, in the order of keys. A lease is never both settled and renewed in it.
 *
 * @param acquires those of one key in the order in which they are decided
 * @param leaseIds the lease that each becomes, if granted
 * @param riders who is to draw from an allotment among the acquires, and not sent
 */
record Batch(
        List<Acquire> acquires,
        List<Long> leaseIds,
        List<Settlement> settlements,
        List<Held> renewals,
        List<Asked> riders) {
    static Batch of(
            List<? extends Acquire> acquires, List<Settlement> settlements, List<Held> renewals, LeaseBook book) {
        return of(acquires, settlements, renewals, List.of(), book);
    }

    static Batch of(
            List<? extends Acquire> acquires,
            List<Settlement> settlements,
            List<Held> renewals,
            List<Asked> riders,
            LeaseBook book) {
        List<Long> ids = new ArrayList<>(acquires.size());
        for (int place = 0; place < acquires.size(); place++) {
            ids.add(book.nextId());
        }
        return new Batch(
                sorted(acquires, Acquire::keyId), ids, sorted(settlements, Settlement::keyId), renewals, riders);
    }

    private static <T> List<T> sorted(List<? extends T> things, ToLongFunction<T> key) {
        List<T> sorted = new ArrayList<>(things);
        sorted.sort(Comparator.comparingLong(key));
        return sorted;
    }

    boolean isEmpty() {
        return size() == 0;
    }

    int size() {
        return acquires.size() + settlements.size() + renewals.size();
    }

    /** All keys, distinct and ascending: the order in which they are locked. */
    long[] keys() {
        long[] all = new long[size()];
        int size = 0;
        for (Acquire one : acquires) {
            all[size++] = one.keyId();
        }
        for (Settlement one : settlements) {
            all[size++] = one.keyId();
        }
        for (Held one : renewals) {
            all[size++] = one.keyId();
        }
        return distinct(all);
    }

    static long[] distinct(long[] numbers) {
        Arrays.sort(numbers);
        int size = 0;
        for (long number : numbers) {
            if (size == 0 || numbers[size - 1] != number) {
                numbers[size++] = number;
            }
        }
        return Arrays.copyOf(numbers, size);
    }
}
