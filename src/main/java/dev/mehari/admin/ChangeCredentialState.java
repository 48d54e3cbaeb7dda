package dev.mehari.admin;

import dev.mehari.credential.CredentialChange;
import dev.mehari.credential.CredentialRegistry;
import dev.mehari.failure.StorageUnavailable;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code POST /api/credentials/{id}/enable}, {@code /disable} and {@code /release}, and {@code DELETE
 * /api/credentials/{id}}, with the credential as it is now, or was; one object each, named {@code enableCredential},
 * {@code disableCredential}, {@code releaseCredential} and {@code deleteCredential}.
 */
public final class ChangeCredentialState extends AdminResource {
    private final Change change;
    private final CredentialAnswers answers;

    /** What is done to a credential. */
    @FunctionalInterface
    public interface Change {
        CredentialChange to(long id) throws StorageUnavailable;

        /** The change of that name; null when there is none. */
        static @Nullable Change named(String action, CredentialRegistry credentials) {
            return switch (action) {
                case "enable" -> credentials::enable;
                case "disable" -> credentials::disable;
                case "release" -> credentials::release;
                case "delete" -> credentials::delete;
                default -> null;
            };
        }
    }

    public ChangeCredentialState(Change change, CredentialAnswers answers) {
        this.change = change;
        this.answers = answers;
    }

    @Override
    void answer(Exchange exchange) throws AdminRefusal, StorageUnavailable {
        AdminRequest request = new AdminRequest(exchange);
        request.noFilters();
        AdminBody.none(exchange);
        AdminAnswer.put(exchange, 200, answers.json(change.to(request.id())));
    }
}
