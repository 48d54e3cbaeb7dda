package dev.mehari.admin;

import org.apache.camel.Exchange;

/** Answers what no other route below {@code /api} takes with 404 {@code unknown_resource}; named {@code refuseUnknownResource}. */
public final class RefuseUnknownResource extends AdminResource {
    @Override
    void answer(Exchange exchange) throws AdminRefusal {
        throw AdminRefusal.unknownResource(
                "There is no such resource, or not with this method; GET /api/openapi.json lists them.");
    }
}
