package dev.mehari.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.limits.Charge;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PricesTest {
    private final List<ModelPrice> stored = new ArrayList<>();
    private final PriceList prices = new PriceList(new FakePriceStore(stored));

    @Test
    void adds_up_all_kinds_and_rounds_once_half_up() throws Exception {
        // 2.50, 1.25, 3.125 and 10 USD per million tokens
        price("m", 2_500_000, 1_250_000, 3_125_000, 10_000_000);

        // 100 * 2500 + 10 * 1250 + 8 * 3125 + 20 * 10000 nano-dollars
        assertThat(prices.cost(null, "m", new TokenUsage(100, 10, 8, 20, 5))).isEqualTo(487_500);
    }

    @ParameterizedTest
    @CsvSource({"499,0", "500,1", "1499,1", "1500,2"})
    void rounds_half_up(long micros, long nanoDollars) throws Exception {
        price("m", micros, 0, 0, 0);

        assertThat(prices.cost(null, "m", new TokenUsage(1, 0, 0, 0, 0))).isEqualTo(nanoDollars);
    }

    @Test
    void does_not_overflow() throws Exception {
        long most = ModelPrice.GREATEST;
        price("m", most, most, most, most);
        long many = TokenUsage.GREATEST;

        assertThat(prices.cost(null, "m", new TokenUsage(many, many, many, many, 0)))
                .isEqualTo(4_000_000L * 1_000_000_000L);
    }

    @Test
    void takes_the_price_that_is_closest_to_the_name() throws Exception {
        price("*", 1_000, 0, 0, 0);
        price("big-*", 2_000, 0, 0, 0);
        price("big-*-mini", 3_000, 0, 0, 0);
        price("big-1", 4_000, 0, 0, 0);

        assertThat(cost("other")).isEqualTo(1);
        assertThat(cost("big-2")).isEqualTo(2);
        assertThat(cost("big-2-mini")).isEqualTo(3);
        assertThat(cost("big-1")).isEqualTo(4);
    }

    @Test
    void counts_calls_of_models_without_a_price() throws Exception {
        price("priced", 0, 0, 0, 0);

        assertThat(cost("priced")).isZero();
        assertThat(cost("free")).isZero();
        assertThat(cost(null)).isZero();
        assertThat(prices.unpricedCalls()).isEqualTo(2);
    }

    @Test
    void reserves_a_token_for_every_four_bytes_at_the_price_of_input() throws Exception {
        price("m", 2_000_000, 1, 1, 9_000_000);

        assertThat(prices.of("m", 403)).isEqualTo(new Charge(100, 200_000));
        assertThat(prices.of("m", 0)).isEqualTo(new Charge(1, 2_000));
        assertThat(prices.of("none", 403)).isEqualTo(new Charge(100, 0));
        assertThat(prices.of(null, Integer.MAX_VALUE).tokens()).isEqualTo(Integer.MAX_VALUE / 4);
    }

    @ParameterizedTest
    @CsvSource({
        "a*,abc,true",
        "*c,abc,true",
        "a*c,ac,true",
        "a*b*c,aXbXbc,true",
        "a*b*c,aXbXb,false",
        "*,x,true",
        "a,ab,false",
        "A,a,false",
        "**,x,true",
        "*a*a*a*a*b,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,false"
    })
    void matches_names(String pattern, String name, boolean matches) {
        assertThat(new ModelPattern(pattern).matches(name)).isEqualTo(matches);
    }

    @Test
    void refuses_what_is_no_price() {
        assertThatThrownBy(() -> price("m", -1, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> price("m", ModelPrice.GREATEST + 1, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ModelPattern("a b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ModelPattern("x".repeat(101))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_price_for_one_upstream_goes_before_that_of_the_model() throws Exception {
        price("*", 1_000, 0, 0, 0);
        price("m", 2_000, 0, 0, 0);
        price("up/m", 3_000, 0, 0, 0);
        price("up/n*", 4_000, 0, 0, 0);
        price("u*", 5_000, 0, 0, 0);

        assertThat(costAt("up", "m")).isEqualTo(3);
        assertThat(costAt("up", "n1")).isEqualTo(4);
        assertThat(costAt("up", "other")).as("*, not u* for up/other").isEqualTo(1);
        assertThat(costAt("other", "m")).isEqualTo(2);
        assertThat(costAt("other", "up/m")).as("a model may have such a name").isEqualTo(3);
        assertThat(costAt("up", "x".repeat(99))).isEqualTo(1);
        assertThat(costAt(null, "m")).isEqualTo(2);
    }

    private long costAt(String upstream, String model) {
        return prices.cost(upstream, model, new TokenUsage(1, 0, 0, 0, 0));
    }

    private long cost(String model) {
        return prices.cost(null, model, new TokenUsage(1, 0, 0, 0, 0));
    }

    private void price(String model, long input, long cached, long write, long output) throws Exception {
        stored.add(new ModelPrice(new ModelPattern(model), input, cached, write, output));
        prices.reload();
    }
}
