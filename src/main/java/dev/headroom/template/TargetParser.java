package dev.headroom.template;

import dev.headroom.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Reads the variables that a loop or an assignment sets. */
final class TargetParser {

    private final Tokens tokens;

    TargetParser(Tokens tokens) {
        this.tokens = tokens;
    }

    /** A variable, one of a namespace, or several with commas between them. */
    Target target() {
        List<Target> targets = new ArrayList<>();
        boolean bracket = tokens.takeOperator("(");
        boolean comma = false;
        do {
            if (!targets.isEmpty() && tokens.peek().kind() != Kind.NAME) {
                break;
            }
            String name = tokens.need(Kind.NAME, "a variable").text();
            targets.add(
                    tokens.takeOperator(".")
                            ? new Target.Member(
                                    name, tokens.need(Kind.NAME, "a name").text())
                            : new Target.Name(name));
            comma |= tokens.isOperator(",");
        } while (tokens.takeOperator(","));
        if (bracket) {
            tokens.needOperator(")");
        }
        return comma ? new Target.Several(targets) : targets.getFirst();
    }
}
