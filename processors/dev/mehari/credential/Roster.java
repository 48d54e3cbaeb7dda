package dev.mehari.credential;

import dev.mehari.config.CredentialConfig.Adaptive;
import dev.mehari.credential.CredentialPool.Unwritten;
import dev.mehari.credential.CredentialStore.Bench;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which credentials there are, by upstream and by id, as the stores had them last. What is known of one on this instance
 * outlives a reading for as long as it stays with its upstream. One reading at a time; all else is for any thread.
 */
final class Roster {
    private final LearntWriter writer;
    private final Map<String, CredentialGroup> groups = new ConcurrentHashMap<>();
    private Map<Long, LiveCredential> known = Map.of();

    /** @param writer what the stores are not told yet */
    Roster(LearntWriter writer) {
        this.writer = writer;
    }

    Collection<CredentialGroup> groups() {
        return groups.values();
    }

    /** Empty for an upstream that has none. */
    CredentialGroup group(String upstream) {
        CredentialGroup group = groups.get(upstream);
        return group == null ? groups.computeIfAbsent(upstream, CredentialGroup::new) : group;
    }

    /** Calls under way with an upstream; 0 for one that is not known. */
    int inFlight(String upstream) {
        CredentialGroup group = groups.get(upstream);
        return group == null ? 0 : group.inFlight();
    }

    /** As {@link CredentialPool#reload}. */
    synchronized void reload(List<Credential> credentials, List<Bench> benches, Unwritten before) {
        Map<Long, List<Bench>> benched = benches.stream().collect(Collectors.groupingBy(Bench::credential));
        Map<Long, LiveCredential> now = new HashMap<>();
        Map<String, List<LiveCredential>> members = new HashMap<>();
        for (Credential one : credentials) {
            LiveCredential live = known.get(one.id());
            if (live == null || !live.credential().upstream().equals(one.upstream())) {
                live = new LiveCredential(one);
            }
            now.put(one.id(), live);
            members.computeIfAbsent(one.upstream(), name -> new ArrayList<>()).add(live);
            List<Bench> over;
            synchronized (group(one.upstream())) {
                boolean other = one.header() != null
                        && !one.header().equals(live.credential().header());
                live.become(one, writer.disables(one.id()) || before.disabled().contains(one.id()));
                over = other ? live.benches().secretChanged() : List.of();
                reloadBenches(live, benched, before);
            }
            over.forEach(writer::release);
        }
        known = now;
        members.keySet().forEach(this::group);
        for (CredentialGroup group : groups.values()) {
            List<LiveCredential> its = members.getOrDefault(group.upstream(), List.of());
            synchronized (group) {
                group.become(its.stream()
                        .sorted(Comparator.comparingInt(
                                        (LiveCredential one) -> one.credential().priority())
                                .thenComparingLong(LiveCredential::id))
                        .toList());
            }
        }
    }

    /** The same where only benches are read anew. */
    synchronized void reloadBenches(List<Bench> benches, Unwritten before) {
        Map<Long, List<Bench>> benched = benches.stream().collect(Collectors.groupingBy(Bench::credential));
        for (LiveCredential live : known.values()) {
            synchronized (group(live.credential().upstream())) {
                reloadBenches(live, benched, before);
            }
        }
    }

    /** Under the group's lock. */
    private void reloadBenches(LiveCredential live, Map<Long, List<Bench>> benched, Unwritten before) {
        Set<String> unwritten = writer.unwritten(live.id());
        unwritten.addAll(before.benches().getOrDefault(live.id(), Set.of()));
        live.benches().reload(benched.getOrDefault(live.id(), List.of()), unwritten, before.at());
    }

    /** How each credential stands, by upstream, priority and id. */
    List<CredentialView> views(long nowMillis, Adaptive adaptive) {
        List<CredentialView> views = new ArrayList<>();
        groups.values().stream()
                .sorted(Comparator.comparing(CredentialGroup::upstream))
                .forEach(group -> {
                    synchronized (group) {
                        for (LiveCredential one : group.members()) {
                            views.add(view(one, nowMillis, adaptive));
                        }
                    }
                });
        return views;
    }

    /** How one stands; null when it is not known. */
    @Nullable
    CredentialView view(long credential, long nowMillis, Adaptive adaptive) {
        LiveCredential one;
        synchronized (this) {
            one = known.get(credential);
        }
        if (one == null) {
            return null;
        }
        synchronized (group(one.credential().upstream())) {
            return view(one, nowMillis, adaptive);
        }
    }

    private static CredentialView view(LiveCredential one, long nowMillis, Adaptive adaptive) {
        return one.view(nowMillis, adaptive != Adaptive.OFF, adaptive == Adaptive.ON);
    }

    /** Hands the writer what calls have shown since the last time. */
    void gatherUse() {
        for (CredentialGroup group : groups.values()) {
            synchronized (group) {
                for (LiveCredential one : group.members()) {
                    var use = one.use().take(one.id());
                    if (use != null) {
                        writer.add(use);
                    }
                }
            }
        }
    }
}
