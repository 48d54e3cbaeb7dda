package dev.mehari.admin;

import dev.mehari.credential.CredentialRegistry;
import dev.mehari.credential.imports.CredentialForm;
import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import org.apache.camel.Exchange;

/**
 * Answers {@code POST /api/credentials} with 201 and the new credential, without its secret; 400 with the field for what cannot
 * be; named {@code createCredential}.
 */
public final class CreateCredential extends AdminResource {
    private final CredentialRegistry credentials;
    private final CredentialAnswers answers;

    public CreateCredential(CredentialRegistry credentials, CredentialAnswers answers) {
        this.credentials = credentials;
        this.answers = answers;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, InvalidField, StorageUnavailable {
        new AdminRequest(exchange).noFilters();
        AdminAnswer.put(
                exchange,
                201,
                answers.json(credentials.create(
                        CredentialForm.create(AdminBody.of(exchange).object(), null))));
    }
}
