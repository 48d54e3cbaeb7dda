package dev.mehari.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KeyGuessesTest {
    private final AtomicLong nanos = new AtomicLong();
    private final KeyGuesses guesses = new KeyGuesses(nanos::get);

    @Test
    void three_are_free_and_then_each_waits_twice_as_long_up_to_5_s() throws Exception {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            waits.add(next("192.0.2.1").toMillis());
        }

        assertThat(waits).containsExactly(0L, 0L, 0L, 100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L, 5000L);
    }

    @Test
    void after_a_minute_it_begins_anew() throws Exception {
        for (int i = 0; i < 5; i++) {
            next("192.0.2.1");
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
        }
        assertThat(next("192.0.2.1")).isEqualTo(Duration.ofMillis(400));
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));

        assertThat(next("192.0.2.1")).isZero();
    }

    @Test
    void each_address_counts_for_itself_and_a_network_of_ipv6_as_one() throws Exception {
        for (int i = 0; i < 4; i++) {
            next("192.0.2.1");
            next("2001:db8:1:2::" + i);
        }

        assertThat(next("192.0.2.2")).isZero();
        assertThat(next("2001:db8:1:2:ffff::9")).isEqualTo(Duration.ofMillis(200));
        assertThat(next("2001:db8:1:3::9")).isZero();
    }

    private Duration next(String address) throws Exception {
        return guesses.next(InetAddress.getByName(address));
    }
}
