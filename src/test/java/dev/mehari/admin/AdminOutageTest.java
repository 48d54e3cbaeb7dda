package dev.mehari.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.admin.SettingsView.Outcome;
import dev.mehari.caller.KeyRegistry;
import dev.mehari.failure.StorageUnavailable;
import dev.mehari.limits.LedgerOffice;
import dev.mehari.operator.LoginThrottle;
import dev.mehari.operator.OperatorStore;
import dev.mehari.operator.OperatorStore.SessionLife;
import dev.mehari.operator.Operators;
import dev.mehari.testing.FakeSettings;
import dev.mehari.testing.TestExchange;
import dev.mehari.usage.PriceList;
import dev.mehari.usage.PriceStore;
import dev.mehari.usage.UsageStore;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Resources of each kind while the database is away. */
class AdminOutageTest {
    private static final Clock CLOCK = Clock.systemUTC();

    static Stream<Arguments> resources() {
        KeyRegistry keys = away(KeyRegistry.class);
        PriceList prices = new PriceList(away(PriceStore.class));
        SecureRandom random = new SecureRandom();
        Operators operators = new Operators(
                away(OperatorStore.class),
                new LoginThrottle(System::nanoTime),
                new SessionLife(Duration.ofMinutes(1), Duration.ofMinutes(1)),
                1,
                random);
        return Stream.of(
                Arguments.of("{\"name\":\"a\"}", new CreateKey(keys, CLOCK, random)),
                Arguments.of("{\"owner\":\"a\"}", new EditKey(keys, CLOCK)),
                Arguments.of("", new ShowKeys(keys, CLOCK)),
                Arguments.of("", new ShowKey(keys, CLOCK)),
                Arguments.of("", new DeleteKey(keys, CLOCK)),
                Arguments.of("", new RestoreKey(keys, CLOCK)),
                Arguments.of("", new PurgeKey(keys, CLOCK)),
                Arguments.of("", new ShowUsage(away(UsageStore.class), CLOCK)),
                Arguments.of("", new ShowPrices(prices)),
                Arguments.of("{\"input\":1,\"output\":1}", new ChangePrice(prices)),
                Arguments.of("", new DeletePrice(prices)),
                Arguments.of("", new ShowLeases(away(LedgerOffice.class))),
                Arguments.of("{\"value\":5}", new ChangeSetting(new FakeSettings() {
                    @Override
                    public Outcome set(String key, String value) throws StorageUnavailable {
                        throw gone();
                    }
                })),
                Arguments.of("{\"password\":\"correct horse battery\"}", new ChangePassword(operators, false)),
                Arguments.of("{\"password\":\"correct horse battery\"}", new LogIn(operators)));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("resources")
    void answers_503_in_the_shape_of_the_admin_api(String body, Processor resource) throws Exception {
        Exchange exchange = TestExchange.create();
        Message message = exchange.getMessage();
        message.setHeader("id", "1");
        message.setHeader("model", "m");
        message.setHeader("key", "proxy.max_concurrent");
        message.setBody(body);

        resource.process(exchange);

        assertThat(message.getHeaders())
                .containsEntry(Exchange.HTTP_RESPONSE_CODE, 503)
                .containsEntry("Retry-After", "2")
                .containsEntry("Cache-Control", "no-store")
                .containsEntry("X-Content-Type-Options", "nosniff");
        assertThat(new ObjectMapper().readTree((byte[]) message.getBody()).toString())
                .isEqualTo("{\"error\":{\"code\":\"storage_unavailable\",\"message\":\"gone\"}}");
    }

    private static StorageUnavailable gone() {
        return new StorageUnavailable("gone", Duration.ofSeconds(2), null);
    }

    private static <T> T away(Class<T> storage) {
        return storage.cast(
                Proxy.newProxyInstance(storage.getClassLoader(), new Class<?>[] {storage}, (proxy, method, given) -> {
                    throw gone();
                }));
    }
}
