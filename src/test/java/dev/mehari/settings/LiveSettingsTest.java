package dev.mehari.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.failure.StorageUnavailable;
import dev.mehari.testing.FakeSettingStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveSettingsTest {
    private static final SettingsInForce CONFIGURED =
            new SettingsInForce(100, 0, 200, Duration.ofSeconds(5), Duration.ofDays(90));

    private final FakeSettingStore store = new FakeSettingStore();
    private final LiveSettings settings = new LiveSettings(CONFIGURED, store);
    private final List<SettingsInForce> heard = new ArrayList<>();

    @Test
    void what_nobody_set_is_as_configured() throws Exception {
        settings.reload();

        assertThat(settings.current()).isEqualTo(CONFIGURED);
    }

    @ParameterizedTest // row 41
    @CsvSource({
        "proxy.max_concurrent, 5, 100, 5",
        "proxy.rate_limit, 50, 0, 50",
        "proxy.max_queue, 0, 200, 0",
        "proxy.queue_timeout, 1500ms, 5s, 1500ms",
        "proxy.queue-timeout, 120s, 5s, 2m",
        "audit.keep, 30d, 90d, 30d"
    })
    void what_is_set_is_in_force_at_once_and_kept(String name, String text, String before, String now)
            throws Exception {
        settings.onChange(heard::add);

        SettingKey key = SettingKey.named(name).orElseThrow();
        assertThat(settings.set(name, text)).isEqualTo(new SettingChange.Changed(key, before, now));

        assertThat(key.of(settings.current())).isEqualTo(now);
        assertThat(store.rows()).containsEntry(key.key(), now).hasSize(1);
        assertThat(heard).containsExactly(settings.current());
        LiveSettings other = new LiveSettings(CONFIGURED, store);
        other.reload();
        assertThat(other.current()).isEqualTo(settings.current());
    }

    @ParameterizedTest // row 41
    @CsvSource({
        "proxy.max_concurrent, 0, from 1 to 1000000",
        "proxy.max_concurrent, many, from 1 to 1000000",
        "proxy.max_concurrent, '', from 1 to 1000000",
        "proxy.rate_limit, -1, 0 for no limit",
        "proxy.max_queue, 1.5, from 0 to 1000000",
        "proxy.queue_timeout, 5, such as 5s",
        "proxy.queue_timeout, 0, such as 5s",
        "proxy.queue_timeout, 2d, such as 5s",
        "audit.keep, 23h, from 1d to 36500d",
        "proxy.max_concurent, 5, did you mean proxy.max_concurrent?",
        "colour, blue, choose one of proxy.max_concurrent"
    })
    void what_cannot_be_is_refused_with_what_would_do_and_changes_nothing(String name, String text, String hint)
            throws Exception {
        settings.onChange(heard::add);

        assertThat(settings.set(name, text))
                .isInstanceOfSatisfying(
                        SettingChange.Refused.class,
                        refused -> assertThat(refused.message()).contains(hint));

        assertThat(settings.current()).isEqualTo(CONFIGURED);
        assertThat(store.rows()).isEmpty();
        assertThat(heard).isEmpty();
    }

    @Test
    void a_change_that_cannot_be_kept_is_not_made() {
        store.away(true);

        assertThatThrownBy(() -> settings.set("proxy.max_concurrent", "5")).isInstanceOf(StorageUnavailable.class);
        assertThat(settings.current()).isEqualTo(CONFIGURED);
    }

    @Test
    void settings_stay_in_force_while_the_store_is_away() throws Exception {
        settings.set("proxy.max_concurrent", "5");
        store.away(true);

        assertThatThrownBy(settings::reload).isInstanceOf(StorageUnavailable.class);
        assertThat(settings.current().maxConcurrent()).isEqualTo(5);
    }

    @Test
    void a_row_that_cannot_be_used_leaves_the_others_in_force() throws Exception {
        store.rows().put("proxy.max_concurrent", "lots");
        store.rows().put("proxy.max_queue", "7");
        store.rows().put("from.a_later_version", "1");

        settings.reload();

        assertThat(settings.current())
                .isEqualTo(new SettingsInForce(100, 0, 7, Duration.ofSeconds(5), Duration.ofDays(90)));
    }

    @Test
    void listeners_hear_of_changes_only() throws Exception {
        settings.onChange(heard::add);

        settings.reload();
        settings.set("proxy.max_queue", "200");

        assertThat(heard).isEmpty();
    }
}
