package dev.mehari.credential;

import static dev.mehari.credential.Credentials.disabled;
import static dev.mehari.credential.Credentials.forModels;
import static dev.mehari.credential.Credentials.key;
import static dev.mehari.credential.Credentials.oauth;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mehari.credential.CredentialStore.Bench;
import dev.mehari.probe.ProbeCredential;
import dev.mehari.probe.ProbeCredential.NoneNow;
import dev.mehari.probe.ProbeCredential.Own;
import dev.mehari.probe.ProbeCredential.Pooled;
import dev.mehari.upstream.Upstream;
import dev.mehari.upstream.UpstreamOptions;
import dev.mehari.upstream.UpstreamOptions.Probe;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PooledProbesTest {
    private final PoolFixture fixture = new PoolFixture();

    private ProbeCredential askedWith(String model) {
        UpstreamOptions all = fixture.up.options();
        Upstream upstream = fixture.up.stored(
                1,
                new UpstreamOptions(
                        all.priority(),
                        all.weight(),
                        all.maxConcurrent(),
                        all.models(),
                        all.aliases(),
                        all.choice(),
                        all.rotationCalls(),
                        all.sticky(),
                        all.timeouts(),
                        all.trust(),
                        new Probe(Duration.ofSeconds(30), model)));
        return new PooledProbes(fixture.pool::views, fixture.time).of(upstream);
    }

    private PooledProbesTest with(Credential... credentials) {
        fixture.with(credentials);
        return this;
    }

    private void bench(long credential, String model, Duration length) {
        Bench bench = new Bench(credential, model, "upstream_error", 500, TestTime.START, TestTime.START.plus(length));
        fixture.store.benches.put(new FakeCredentialStore.BenchKey(credential, model), bench);
    }

    private static Pooled secret(long id) {
        return new Pooled(key(id).header());
    }

    @Test
    void the_upstreams_own_is_asked_with_where_the_pool_has_none() {
        assertThat(with(key(1, "other", 50)).askedWith(null)).isEqualTo(new Own());
    }

    @Test // row 32
    void a_benched_credential_is_not_asked_with_until_its_bench_is_over() {
        bench(1, "", Duration.ofMinutes(5));
        with(key(1));

        assertThat(askedWith(null)).isEqualTo(new NoneNow());
        fixture.time.pass(Duration.ofMinutes(5));
        assertThat(askedWith(null)).isEqualTo(secret(1));
    }

    @Test
    void one_without_benches_is_rather_asked_with_than_one_that_has_to_be_tried() {
        bench(1, "", Duration.ofMinutes(5));
        with(key(1), key(2));
        fixture.time.pass(Duration.ofMinutes(6));

        assertThat(askedWith(null)).isEqualTo(secret(2));
    }

    @Test
    void a_bench_for_a_model_holds_for_questions_to_that_model_only() {
        bench(1, "real", Duration.ofMinutes(5));
        with(key(1));

        assertThat(askedWith("alias")).isEqualTo(new NoneNow());
        assertThat(askedWith("real")).isEqualTo(new NoneNow());
        assertThat(askedWith("another")).isEqualTo(secret(1));
        assertThat(askedWith(null)).isEqualTo(secret(1));
    }

    @Test
    void one_that_is_disabled_or_for_other_models_or_whose_token_is_over_is_not_asked_with() {
        Credential late = oauth(3, "token", TestTime.START.minusSeconds(1), 1);

        assertThat(with(disabled(1), forModels(2, "other"), late).askedWith("m"))
                .isEqualTo(new NoneNow());
        assertThat(with(disabled(1), forModels(2, "other"), late, key(4)).askedWith("m"))
                .isEqualTo(secret(4));
    }

    @Test
    void its_text_form_shows_no_secret() {
        assertThat(secret(1).toString()).doesNotContain("secret");
    }
}
