package dev.mehari.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mehari.testing.TestExchange;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminRequestTest {
    private static final Set<String> KNOWN = Set.of("key", "model");

    private final Exchange exchange = TestExchange.create();
    private final AdminRequest request = new AdminRequest(exchange);

    @Test
    void takes_filters_from_the_query_and_not_from_headers() throws Exception {
        exchange.getMessage().setHeader("model", "of a header");
        query("key=12&&model=&=");

        assertThat(request.filters(KNOWN)).isEqualTo(Map.of("key", "12"));
    }

    @Test
    void decodes_filters() throws Exception {
        query("model=a%20b%25+c;%6bey=%25");

        assertThat(request.filters(KNOWN)).isEqualTo(Map.of("model", "a b% c", "key", "%"));
    }

    @ParameterizedTest
    @CsvSource({"kee=1,kee", "key=1&key=2,key", "key=%zz,key", "model=a%00b,model", "%zz=1,%zz", "=1,''"})
    void refuses_what_is_no_filter_by_its_name(String query, String field) {
        query(query);

        assertThatThrownBy(() -> request.filters(KNOWN))
                .isInstanceOfSatisfying(
                        AdminRefusal.class,
                        refusal -> assertThat(refusal.field()).isEqualTo(field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.0", "one", "1234567890123456789", "\u0661"})
    void refuses_what_is_no_id(String text) {
        assertThatThrownBy(() -> AdminRequest.id("key", text))
                .isInstanceOf(AdminRefusal.class)
                .hasMessageStartingWith("key: must be an id");
    }

    private void query(String query) {
        exchange.getMessage().setHeader(Exchange.HTTP_RAW_QUERY, query);
    }
}
