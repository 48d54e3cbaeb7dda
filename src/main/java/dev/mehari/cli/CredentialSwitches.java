package dev.mehari.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** What {@code mehari credentials} does to one credential without further options. */
final class CredentialSwitches {
    private CredentialSwitches() {}

    /** Posts to one of the credential's own resources. */
    private abstract static class Post extends CredentialCommand {
        private final String action;
        private final String said;

        Post(String action, String said) {
            this.action = action;
            this.said = said;
        }

        @Override
        final JsonNode ask(AdminClient client, String path) throws AdminFailure {
            return client.post(path + "/" + action, null);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println("Credential " + named(answer) + " " + said);
        }
    }

    /** {@code credentials enable CREDENTIAL}. */
    @Command(
            name = "enable",
            description = "Uses one again, and forgets its benches and errors.",
            mixinStandardHelpOptions = true)
    static final class Enable extends Post {
        Enable() {
            super("enable", "is enabled; its benches and errors are forgotten.");
        }
    }

    /** {@code credentials disable CREDENTIAL}. */
    @Command(name = "disable", description = "Uses one no more until it is enabled.", mixinStandardHelpOptions = true)
    static final class Disable extends Post {
        Disable() {
            super("disable", "is disabled.");
        }
    }

    /** {@code credentials release CREDENTIAL}. */
    @Command(name = "release", description = "Ends the benches of one.", mixinStandardHelpOptions = true)
    static final class Release extends Post {
        Release() {
            super("release", "is released; its benches and errors are forgotten.");
        }
    }

    /** {@code credentials refresh CREDENTIAL}. */
    @Command(name = "refresh", description = "Fetches a new token for one.", mixinStandardHelpOptions = true)
    static final class Refresh extends Post {
        Refresh() {
            super("refresh", "has a new token.");
        }
    }

    /** {@code credentials test CREDENTIAL}. */
    @Command(
            name = "test",
            description = "Asks the upstream one small thing with it, and releases it when that works.",
            mixinStandardHelpOptions = true)
    static final class Test extends Post {
        Test() {
            super("test", "");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println("Credential " + named(answer.path("credential"))
                    + (answer.path("works").asBoolean() ? " works: " : " does not work: ")
                    + answer.path("detail").asText() + " ("
                    + answer.path("millis").asLong() + " ms)");
        }

        @Override
        boolean isDone(JsonNode answer) {
            return answer.path("works").asBoolean();
        }
    }

    /** {@code credentials remove CREDENTIAL}. */
    @Command(name = "remove", description = "Removes one for good.", mixinStandardHelpOptions = true)
    static final class Remove extends CredentialCommand {
        @Override
        JsonNode ask(AdminClient client, String path) throws AdminFailure {
            return client.delete(path);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println("Credential " + named(answer) + " is removed.");
        }
    }
}
