package dev.mehari.storage;

import dev.mehari.caller.AllowList;
import dev.mehari.config.Secret;
import dev.mehari.credential.Credential;
import dev.mehari.credential.CredentialSecret;
import dev.mehari.credential.CredentialStore;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.storage.vault.Keyring;
import dev.mehari.upstream.UpstreamCredential;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials, their benches, use, quotas and turns in the tables {@code credential*} and {@code rotation*}. What is written
 * for calls is one statement each, by primary key, in the order of the ids, so that instances lock rows for a moment only and
 * never each other.
 */
public final class CredentialTable implements CredentialStore {
    /** Notified of every change that concerns calls. */
    public static final String CHANNEL = "mehari_credential";

    /** What the trigger of migration V0010 says. */
    private static final String BENCHES = "benches";

    private static final Logger LOG = LoggerFactory.getLogger(CredentialTable.class);

    private final Database database;
    private final SealedSecrets secrets;
    private final BenchTable benches;
    private final CredentialUseTable uses;
    private final RotationTable rotation;
    /** Of which the log has been told, by id, with the version of the key; credentials are loaded often. */
    private final Map<Long, Integer> unopened = new ConcurrentHashMap<>();

    public CredentialTable(Database database, SealedSecrets secrets) {
        this.database = database;
        this.secrets = secrets;
        benches = new BenchTable(database);
        uses = new CredentialUseTable(database);
        rotation = new RotationTable(database);
    }

    /**
     * Runs {@code benched} whenever only benches have changed, {@code changed} whenever a credential or a rule has, or
     * anything may have, whoever changed it: on the listener's thread, so both should return at once, and often in a burst of
     * changes.
     */
    public void follow(ChangeListener listener, Runnable changed, Runnable benched) {
        listener.subscribe(CHANNEL, new ChangeListener.Subscriber() {
            @Override
            public void changed(String payload) {
                (payload.equals(BENCHES) ? benched : changed).run();
            }

            @Override
            public void anythingChanged() {
                changed.run();
            }
        });
    }

    @Override
    public List<Credential> load() throws StorageUnavailable {
        String sql = "select c.id, u.name as upstream, u.dialect, c.name, c.kind, c.header, c.secret, c.key_version,"
                + " c.token_expires, c.token_version, c.refresh_after, c.priority, c.weight, c.max_concurrent, c.daily_quota,"
                + " c.user_gap_ms, c.models, c.enabled"
                + " from credential c join upstream u on u.id = c.upstream_id order by c.id";
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            Keyring keyring = secrets.opening(connection);
            List<Credential> credentials = new ArrayList<>();
            while (rows.next()) {
                Credential credential = credential(rows, keyring);
                if (credential != null) {
                    credentials.add(credential);
                }
            }
            return credentials;
        } catch (SQLException failure) {
            throw SqlOutage.during("reading credentials", failure);
        }
    }

    private @Nullable Credential credential(ResultSet row, Keyring keyring) throws SQLException {
        long id = row.getLong("id");
        int version = row.getInt("key_version");
        byte[] sealed = row.getBytes("secret");
        if (sealed == null) {
            return null; // plain SQL made it; it has nothing to send
        }
        try {
            CredentialSecret secret = SealedCredential.open(keyring, id, version, sealed);
            unopened.remove(id);
            Credential.Kind kind = CredentialRow.kind(row);
            return new Credential(
                    id,
                    row.getString("upstream"),
                    row.getString("name"),
                    kind,
                    header(kind, row.getString("dialect"), row.getString("header"), secret),
                    KeyRow.instant(row, "token_expires"),
                    row.getLong("token_version"),
                    KeyRow.instant(row, "refresh_after"),
                    row.getInt("priority"),
                    row.getInt("weight"),
                    row.getInt("max_concurrent"),
                    row.getLong("daily_quota"),
                    Duration.ofMillis(row.getInt("user_gap_ms")),
                    new AllowList(KeyRow.list(row, "models")),
                    row.getBoolean("enabled"));
        } catch (GeneralSecurityException cannot) {
            if (!Integer.valueOf(version).equals(unopened.put(id, version))) {
                LOG.warn(
                        "Credential {} is not used: it is sealed with master key version {} ({})",
                        id,
                        version,
                        cannot.getMessage());
            }
            return null;
        }
    }

    /** What is sent; null for an OAuth credential without a token. */
    static @Nullable UpstreamCredential header(
            Credential.Kind kind, String dialect, @Nullable String header, CredentialSecret secret) {
        Secret value = secret instanceof CredentialSecret.OAuth oauth ? oauth.accessToken() : secret.distinctive();
        if (value == null) {
            return null;
        }
        String text = value.reveal();
        if (kind == Credential.Kind.HEADER && header != null) {
            return new UpstreamCredential(header, text);
        }
        return kind == Credential.Kind.API_KEY && dialect.equals("anthropic")
                ? new UpstreamCredential("x-api-key", text)
                : new UpstreamCredential("Authorization", "Bearer " + text);
    }

    @Override
    public List<Bench> benches(Instant now) throws StorageUnavailable {
        return benches.all();
    }

    @Override
    public void bench(Collection<Bench> more) throws StorageUnavailable {
        benches.put(more);
    }

    @Override
    public void release(long credential, String model, Instant began) throws StorageUnavailable {
        benches.end(credential, model, began);
    }

    @Override
    public void forgetBenches(Instant endedBefore) throws StorageUnavailable {
        benches.forget(endedBefore);
    }

    @Override
    public void disable(long credential, String reason) throws StorageUnavailable {
        String sql = "update credential set enabled = false, disabled_for = ?, updated_at = now()"
                + " where id = ? and enabled";
        try (Connection connection = database.connection();
                PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, reason);
            update.setLong(2, credential);
            update.executeUpdate();
        } catch (SQLException failure) {
            throw SqlOutage.during("disabling a credential", failure);
        }
    }

    @Override
    public void add(Collection<CredentialUse> more) throws StorageUnavailable {
        uses.add(more);
    }

    @Override
    public long takeQuota(long credential, long calls, Instant now) throws StorageUnavailable {
        String sql = "with held as (select id, daily_quota, case when quota_day = ? then quota_used else 0 end as used"
                + " from credential where id = ? for no key update),"
                + " taken as (select id, used, case when ? < 0 then greatest(?, -used)"
                + " when daily_quota = 0 then ? else least(?, greatest(0, daily_quota - used)) end as calls from held)"
                + " update credential set quota_day = ?, quota_used = taken.used + taken.calls"
                + " from taken where credential.id = taken.id returning taken.calls";
        try (Connection connection = database.connection();
                PreparedStatement update = connection.prepareStatement(sql)) {
            LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC);
            update.setObject(1, day);
            update.setLong(2, credential);
            for (int i = 3; i <= 6; i++) {
                update.setLong(i, calls);
            }
            update.setObject(7, day);
            try (ResultSet row = update.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        } catch (SQLException failure) {
            throw SqlOutage.during("taking of a quota", failure);
        }
    }

    @Override
    public List<Turn> takeTurns(String upstream, int calls, int turns) throws StorageUnavailable {
        return rotation.take(upstream, calls, turns);
    }

    @Override
    public void giveBackTurns(String upstream, List<Turn> turns) throws StorageUnavailable {
        rotation.giveBack(upstream, turns);
    }
}
