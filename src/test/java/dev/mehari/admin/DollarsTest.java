package dev.mehari.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DollarsTest {
    private static final long MILLION = 1_000_000_000_000L;

    @ParameterizedTest
    @CsvSource({"0, 0.00", "5000000, 5.00", "1200, 0.0012", "1, 0.000001", "1000000000000, 1000000.00"})
    void writes_two_decimals_at_least_and_reads_them_again(long amount, String text) {
        assertThat(Dollars.text(amount, 6)).isEqualTo(text);
        assertThat(Dollars.parse(new TextNode(text), 6, MILLION)).isEqualTo(amount);
        assertThat(Dollars.parse(new DecimalNode(new BigDecimal(text)), 6, MILLION))
                .isEqualTo(amount);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "five | such as",
                "'' | such as",
                "0x10 | such as",
                "0.00000000000000000000000000000000000000000 | such as",
                "-0.01 | from 0 to 1000000 US dollars",
                "1000000.000001 | from 0 to 1000000 US dollars",
                "1e999999999 | from 0 to 1000000 US dollars",
                "1e-999999999 | at most 6 digits",
                "0.0000001 | at most 6 digits"
            })
    void refuses_what_is_no_such_amount(String text, String message) {
        assertThatThrownBy(() -> Dollars.parse(new TextNode(text), 6, MILLION))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
