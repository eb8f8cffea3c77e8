package dev.headroom.template;

import dev.headroom.template.Expression.Call;
import dev.headroom.template.Expression.Nameless;
import dev.headroom.template.Expression.Variable;
import dev.headroom.template.Statement.Block;
import dev.headroom.template.Statement.Captured;
import dev.headroom.template.Statement.Flow;
import dev.headroom.template.Statement.For;
import dev.headroom.template.Statement.If;
import dev.headroom.template.Statement.If.Branch;
import dev.headroom.template.Statement.Jump;
import dev.headroom.template.Statement.Macro;
import dev.headroom.template.Statement.Print;
import dev.headroom.template.Statement.Set;
import dev.headroom.template.Statement.Text;
import dev.headroom.template.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a template: text, tags and what is between them. */
final class StatementParser {

    private final Tokens tokens;
    private final ExpressionParser expressions;
    private int loops;

    private StatementParser(Tokens tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /**
     * Reads a whole template.
     *
     * @throws TemplateException where something is not served, by its name and line
     */
    static Block parse(String source) {
        Tokens tokens = new Tokens(Lexer.tokens(source));
        Block block = new StatementParser(tokens).block();
        if (tokens.peek().kind() != Kind.END) {
            tokens.next();
            throw TemplateException.at(
                    tokens.peek().line(),
                    "{%% %s %%} ends nothing",
                    tokens.peek().text());
        }
        return block;
    }

    /** Up to a tag that ends or divides something, or the end. */
    private Block block() {
        tokens.enter();
        List<Statement> statements = new ArrayList<>();
        while (tokens.peek().kind() != Kind.END && !endsBlock()) {
            Token token = tokens.next();
            switch (token.kind()) {
                case TEXT -> statements.add(new Text(token.text()));
                case PRINT -> {
                    statements.add(new Print(expressions.tuple()));
                    close();
                }
                default -> statements.add(tag());
            }
        }
        tokens.leave();
        return new Block(statements);
    }

    private boolean endsBlock() {
        return List.of("elif", "else", "endif", "endfor", "endset", "endmacro", "endgeneration", "endfilter", "endcall")
                .stream()
                .anyMatch(tokens::isTag);
    }

    private void close() {
        tokens.need(Kind.CLOSE, "the end of the tag");
    }

    private Statement tag() {
        Token name = tokens.need(Kind.NAME, "the name of a tag");
        return switch (name.text()) {
            case "if" -> condition();
            case "for" -> loop();
            case "set" -> set();
            case "macro" -> macro();
            case "filter" -> filter();
            case "call" -> call();
            case "generation" -> {
                close();
                Block block = block();
                end("endgeneration");
                yield block;
            }
            case "break" -> jump(name, Flow.BREAK);
            case "continue" -> jump(name, Flow.CONTINUE);
            default -> throw TemplateException.at(name.line(), "the tag {%% %s %%} is not served", name.text());
        };
    }

    private void end(String word) {
        if (!tokens.isTag(word)) {
            throw TemplateException.at(tokens.peek().line(), "{%% %s %%} is missing", word);
        }
        tokens.next();
        tokens.next();
        close();
    }

    private Statement condition() {
        List<Branch> branches = new ArrayList<>();
        tokens.beginCondition();
        branches.add(branch());
        while (tokens.isTag("elif")) {
            tokens.next();
            tokens.next();
            branches.add(branch());
        }
        if (tokens.isTag("else")) {
            end("else");
            branches.add(new Branch(Optional.empty(), block()));
        }
        tokens.endCondition();
        end("endif");
        return new If(branches);
    }

    private Branch branch() {
        Expression condition = expressions.tuple();
        close();
        return new Branch(Optional.of(condition), block());
    }

    private Statement loop() {
        Target targets = target();
        if (!tokens.takeName("in")) {
            throw TemplateException.at(tokens.peek().line(), "%s stands where 'in' is expected", tokens.peek());
        }
        Expression all = expressions.either();
        Optional<Expression> condition =
                tokens.takeName("if") ? Optional.of(expressions.expression()) : Optional.empty();
        if (tokens.isName("recursive")) {
            throw TemplateException.at(tokens.peek().line(), "recursive loops are not served");
        }
        close();
        loops++;
        Block body = block();
        loops--;
        Optional<Block> otherwise = Optional.empty();
        if (tokens.isTag("else")) {
            end("else");
            otherwise = Optional.of(block());
        }
        end("endfor");
        return new For(new For.Loop(targets, all, condition), body, otherwise);
    }

    private Statement jump(Token name, Flow flow) {
        if (loops == 0) {
            throw TemplateException.at(name.line(), "{%% %s %%} is in no loop", name.text());
        }
        close();
        return new Jump(flow);
    }

    private Target target() {
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

    private Statement set() {
        Target target = target();
        if (tokens.takeOperator("=")) {
            Expression value = expressions.tuple();
            close();
            return new Set(target, value);
        }
        Expression filtered = expressions.filters(new Variable(Captured.TEXT));
        close();
        Block block = block();
        end("endset");
        return new Captured(Optional.of(target), block, filtered);
    }

    private Statement filter() {
        Expression filtered = expressions.firstFilter(new Variable(Captured.TEXT));
        close();
        Block block = block();
        end("endfilter");
        return new Captured(Optional.empty(), block, filtered);
    }

    private Statement macro() {
        String name = tokens.need(Kind.NAME, "the macro's name").text();
        tokens.needOperator("(");
        return new Macro(name, parameters(), body("endmacro"));
    }

    /** Calls a macro, which may call the block in turn. */
    private Statement call() {
        Map<String, Optional<Expression>> parameters = tokens.takeOperator("(") ? parameters() : Map.of();
        int line = tokens.peek().line();
        if (!(expressions.expression() instanceof Call called)) {
            throw TemplateException.at(line, "{%% call %%} calls nothing");
        }
        return new Print(called.with(Macro.CALLER, new Nameless(new Macro(Macro.CALLER, parameters, body("endcall")))));
    }

    /** Parameters behind their opening bracket, with their values where a call gives none. */
    private Map<String, Optional<Expression>> parameters() {
        Map<String, Optional<Expression>> parameters = new LinkedHashMap<>();
        while (!tokens.takeOperator(")")) {
            String parameter = tokens.need(Kind.NAME, "a parameter").text();
            parameters.put(
                    parameter, tokens.takeOperator("=") ? Optional.of(expressions.expression()) : Optional.empty());
            if (!tokens.isOperator(")")) {
                tokens.needOperator(",");
            }
        }
        return parameters;
    }

    /** The block of a macro; loops around it are not its own. */
    private Block body(String end) {
        close();
        int around = loops;
        loops = 0;
        Block body = block();
        loops = around;
        end(end);
        return body;
    }
}
