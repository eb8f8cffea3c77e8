package dev.headroom.hub;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.util.Optional;

/** An answer of the Hub that another try will not change. */
final class Refusal extends IOException {

    private static final long serialVersionUID = 1L;

    private static final int LONGEST_SHOWN = 200;

    private final int status;
    private final String code;

    /** A connection that cannot be used; the words say why. */
    Refusal(String words) {
        super(words);
        this.status = 0;
        this.code = "";
    }

    /** An answer with this status. */
    Refusal(int status, HttpHeaders headers) {
        super("answered %d%s".formatted(status, said(headers)));
        this.status = status;
        this.code = headers.firstValue("X-Error-Code").orElse("");
    }

    private static String said(HttpHeaders headers) {
        return headers.firstValue("X-Error-Message")
                .map(words -> words.replaceAll("\\p{Cntrl}+", " "))
                .map(words -> words.length() <= LONGEST_SHOWN ? words : words.substring(0, LONGEST_SHOWN) + "...")
                .map(words -> " (" + words.replaceFirst("\\.$", "") + ")")
                .orElse("");
    }

    /** The sentence for the operator: the problem with this model, and the remedy. */
    HubException sentence(HubName name, HubSettings settings) {
        Optional<String> token = settings.token();
        String said = "%s: %s"
                .formatted(
                        name, status == 0 ? getMessage() : settings.endpoint().getHost() + " " + getMessage());
        if (code.equals("RevisionNotFound")) {
            return new HubException(
                    "%s: there is no branch, tag or commit '%s' of it; correct what stands behind the @."
                            .formatted(said, name.revision()),
                    true);
        }
        if (code.equals("GatedRepo")) {
            return new HubException("%s: its owner lets in only those who accept the conditions on %s/%s; %s."
                    .formatted(
                            said,
                            settings.endpoint(),
                            name.repository(),
                            token.isPresent()
                                    ? "do so with the account of HF_TOKEN"
                                    : "do so, and set HF_TOKEN to a token of your account"));
        }
        if (status == 401 || status == 403 || status == 404) {
            return new HubException("%s: there is no such repository (nor a folder of that name here), or %s."
                    .formatted(
                            said,
                            token.isPresent()
                                    ? "HF_TOKEN may not read it; correct the name or the token"
                                    : "it is private; correct the name, or set HF_TOKEN to a token that may read it"));
        }
        return new HubException("%s: check HF_ENDPOINT, and the proxy if there is one.".formatted(said));
    }
}
