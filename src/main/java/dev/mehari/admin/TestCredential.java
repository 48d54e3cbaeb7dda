package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mehari.credential.CredentialEntry;
import dev.mehari.credential.CredentialRegistry;
import dev.mehari.credential.CredentialTester;
import dev.mehari.credential.CredentialTester.Finding;
import dev.mehari.credential.CredentialTester.Subject;
import dev.mehari.credential.TestedCredentials;
import dev.mehari.failure.StorageUnavailable;
import org.apache.camel.Exchange;

/**
 * Answers {@code POST /api/credentials/{id}/test} with {@code {"works","status","detail","millis","credential"}} after one small
 * request to the upstream. What came of it is counted; a credential that works is released; named {@code testCredential}.
 */
public final class TestCredential extends AdminResource {
    private final CredentialRegistry credentials;
    private final TestedCredentials tested;
    private final CredentialTester tester;
    private final CredentialAnswers answers;

    public TestCredential(
            CredentialRegistry credentials,
            TestedCredentials tested,
            CredentialTester tester,
            CredentialAnswers answers) {
        this.credentials = credentials;
        this.tested = tested;
        this.tester = tester;
        this.answers = answers;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        AdminBody.none(exchange);
        long id = request.id();
        get(id);
        Subject subject = tested.subject(id).orElse(null);
        if (subject == null) {
            throw AdminRefusal.invalidState("it has no token yet, or is sealed with a master key that is not here");
        }
        Finding finding = tester.test(subject);
        tested.found(id, finding, answers.now());
        AdminAnswer.put(
                exchange,
                200,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("works", finding.works())
                        .put("status", finding.status())
                        .put("detail", finding.detail())
                        .put("millis", finding.millis())
                        .set("credential", answers.json(get(id))));
    }

    private CredentialEntry get(long id) throws AdminRefusal, StorageUnavailable {
        return credentials.get(id).orElseThrow(CredentialAnswers::unknown);
    }
}
