package dev.mehari.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mehari.failure.InvalidField;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/** Checks certificates that an operator gives. */
final class Certificates {
    private static final int LONGEST = 65_536;

    private Certificates() {}

    /** The PEM in {@code field}, if it is one or more X.509 certificates. */
    static String checked(JsonField field) throws InvalidField {
        String pem = field.text();
        try {
            if (pem.length() <= LONGEST
                    && pem.contains("-----BEGIN CERTIFICATE-----")
                    && !CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(pem.getBytes(UTF_8)))
                            .isEmpty()) {
                return pem;
            }
        } catch (CertificateException none) {
            throw field.wrong("must be certificates in PEM");
        }
        throw field.wrong("must be certificates in PEM, at most " + LONGEST + " characters");
    }
}
