package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.limits.KeyUse;
import dev.mehari.limits.LeaseState;
import dev.mehari.limits.LimitKind;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Limits and leases as the admin API writes them: ids as text, times in ISO 8601 UTC, money as decimal text in USD. */
final class LimitJson {
    private LimitJson() {}

    /** {@code {"kind","used","limit","reset_at"}}; a limit that there is not is null, and so is its end. */
    static ObjectNode of(KeyUse use) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("kind", use.kind().name().toLowerCase(Locale.ROOT));
        putAmount(json, "used", use.kind(), use.used());
        if (use.limit() == 0) {
            json.putNull("limit");
        } else {
            putAmount(json, "limit", use.kind(), use.limit());
        }
        return json.put("reset_at", use.limit() == 0 ? null : text(use.resetAt()));
    }

    /** {@code {"id","key_id","owner","granted_at","expires_at","calls"}}. */
    static ObjectNode of(LeaseState lease) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", Long.toString(lease.id()))
                .put("key_id", Long.toString(lease.keyId()))
                .put("owner", lease.owner())
                .put("granted_at", text(lease.grantedAt()))
                .put("expires_at", text(lease.expiresAt()))
                .put("calls", lease.calls());
    }

    private static void putAmount(ObjectNode json, String field, LimitKind kind, long amount) {
        if (kind.isCost()) {
            json.put(field, Dollars.text(amount, Dollars.NANO));
        } else {
            json.put(field, amount);
        }
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
