package dev.mehari.admin;

import dev.mehari.credential.Credential;
import dev.mehari.credential.CredentialEntry;
import dev.mehari.credential.CredentialRegistry;
import dev.mehari.credential.RefreshNow;
import dev.mehari.failure.StorageUnavailable;
import org.apache.camel.Exchange;

/**
 * Answers {@code POST /api/credentials/{id}/refresh} with the credential once it has a new token; 400 {@code invalid_state} when
 * it gets none, with the reason; named {@code refreshCredential}.
 */
public final class RefreshCredential extends AdminResource {
    private final CredentialRegistry credentials;
    private final RefreshNow refresher;
    private final CredentialAnswers answers;

    public RefreshCredential(CredentialRegistry credentials, RefreshNow refresher, CredentialAnswers answers) {
        this.credentials = credentials;
        this.refresher = refresher;
        this.answers = answers;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        AdminBody.none(exchange);
        long id = request.id();
        if (get(id).kind() != Credential.Kind.OAUTH) {
            throw AdminRefusal.invalidState("only a credential of kind oauth has a token to refresh");
        }
        String failure = refresher.refresh(id);
        if (failure != null) {
            throw AdminRefusal.invalidState(failure);
        }
        AdminAnswer.put(exchange, 200, answers.json(get(id)));
    }

    private CredentialEntry get(long id) throws AdminRefusal, StorageUnavailable {
        return credentials.get(id).orElseThrow(CredentialAnswers::unknown);
    }
}
