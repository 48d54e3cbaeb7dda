package dev.mehari.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mehari.credential.CredentialRegistry;
import dev.mehari.credential.imports.CredentialForm;
import dev.mehari.failure.InvalidField;
import dev.mehari.failure.StorageUnavailable;
import org.apache.camel.Exchange;

/**
 * Answers {@code PATCH /api/credentials/{id}} with the credential as it is now: what the body gives has changed, null has reset,
 * the rest is as it was. Upstream and kind stay; named {@code editCredential}.
 */
public final class EditCredential extends AdminResource {
    private final CredentialRegistry credentials;
    private final CredentialAnswers answers;

    public EditCredential(CredentialRegistry credentials, CredentialAnswers answers) {
        this.credentials = credentials;
        this.answers = answers;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, InvalidField, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        long id = request.id();
        ObjectNode body = AdminBody.of(exchange).object();
        AdminAnswer.put(
                exchange,
                200,
                answers.json(credentials.change(id, (before, secret) -> CredentialForm.edit(body, before, secret))));
    }
}
