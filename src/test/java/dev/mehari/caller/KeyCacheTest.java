package dev.mehari.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.testing.FakeKeyStore;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KeyCacheTest {
    private static final KeyHash HASH = KeyHash.of("mh_a");

    private final FakeKeyStore store = new FakeKeyStore().with("mh_a", 1);
    private final AtomicLong nanos = new AtomicLong();
    private final KeyCache keys = new KeyCache(store, Runnable::run, nanos::get);

    @Test
    void that_a_key_does_not_exist_is_remembered_for_seconds_only() {
        KeyHash absent = KeyHash.of("mh_absent");

        assertThat(keys.find(absent)).isCompletedWithValue(Finding.Absent.INSTANCE);
        assertThat(keys.peek(absent)).isEqualTo(Finding.Absent.INSTANCE);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
        assertThat(keys.peek(absent)).isNull();
    }

    @Test
    void a_changed_key_is_read_anew_before_anyone_asks() throws Exception {
        keys.find(HASH).join();
        store.with("mh_a", 7);

        keys.changed(HASH);

        assertThat(priority()).isEqualTo(7);
    }

    @Test
    void a_deleted_key_is_forgotten_and_a_new_one_is_no_longer_absent() throws Exception {
        keys.find(HASH).join();
        keys.find(KeyHash.of("mh_b")).join();
        store.without("mh_a").with("mh_b", 2);

        keys.changed(HASH);
        keys.changed(KeyHash.of("mh_b"));

        assertThat(keys.peek(HASH)).isNull();
        assertThat(keys.peek(KeyHash.of("mh_b"))).isNull();
    }

    @Test
    void after_an_outage_every_key_in_use_is_read_anew() throws Exception {
        store.with("mh_b", 2);
        keys.find(HASH).join();
        keys.find(KeyHash.of("mh_b")).join();
        store.with("mh_a", 9).without("mh_b");

        keys.anythingChanged();

        assertThat(priority()).isEqualTo(9);
        assertThat(keys.peek(KeyHash.of("mh_b"))).isNull();
    }

    @Test
    void a_key_in_use_is_kept_while_the_store_is_away() {
        keys.find(HASH).join();
        store.away(true);

        assertThatThrownBy(() -> keys.changed(HASH)).isInstanceOf(StorageUnavailable.class);
        assertThatThrownBy(keys::anythingChanged).isInstanceOf(StorageUnavailable.class);
        assertThat(priority()).isEqualTo(1);
    }

    @Test
    void a_look_up_that_a_change_crossed_is_not_kept() {
        store.afterReading(() -> {
            store.afterReading(() -> {}).with("mh_a", 8);
            try {
                keys.changed(HASH);
            } catch (StorageUnavailable impossible) {
                throw new AssertionError(impossible);
            }
        });

        keys.find(HASH).join();

        assertThat(keys.peek(HASH)).isNull();
    }

    @Test
    void keys_are_random_shown_by_prefix_only_and_hashed_as_postgresql_does() {
        NewKey key = NewKey.random(new SecureRandom());

        assertThat(key.key())
                .matches("mh_[0-9a-f]{64}")
                .startsWith(key.prefix())
                .isNotEqualTo(NewKey.random(new SecureRandom()).key());
        assertThat(key.toString()).doesNotContain(key.key());
        assertThat(KeyHash.ofHex(key.hash().hex())).isEqualTo(key.hash());
        assertThat(KeyHash.of("abc").hex())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThatIllegalArgumentException().isThrownBy(() -> new NewKey("short"));
        assertThatIllegalArgumentException().isThrownBy(() -> new NewKey("has a space in it"));
    }

    private int priority() {
        return ((Finding.Found) keys.peek(HASH)).key().caller().priority();
    }
}
