package dev.mehari.admin;

import dev.mehari.credential.CredentialRegistry;
import dev.mehari.failure.StorageUnavailable;
import org.apache.camel.Exchange;

/** Answers {@code GET /api/credentials/{id}} with one credential, never its secret; named {@code showCredential}. */
public final class ShowCredential extends AdminResource {
    private final CredentialRegistry credentials;
    private final CredentialAnswers answers;

    public ShowCredential(CredentialRegistry credentials, CredentialAnswers answers) {
        this.credentials = credentials;
        this.answers = answers;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        AdminAnswer.put(
                exchange, 200, answers.json(credentials.get(request.id()).orElseThrow(CredentialAnswers::unknown)));
    }
}
