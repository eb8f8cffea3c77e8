package dev.headroom.template;

import dev.headroom.template.Expression.Variable;
import dev.headroom.template.Statement.Block;
import dev.headroom.template.Statement.Captured;
import dev.headroom.template.Statement.Flow;
import dev.headroom.template.Statement.For;
import dev.headroom.template.Statement.If;
import dev.headroom.template.Statement.If.Branch;
import dev.headroom.template.Statement.Jump;
import dev.headroom.template.Statement.Print;
import dev.headroom.template.Statement.Set;
import dev.headroom.template.Statement.Text;
import dev.headroom.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a template: text, tags and what is between them. */
final class StatementParser {

    private final Tokens tokens;
    private final ExpressionParser expressions;
    private final TargetParser targets;
    private final MacroParser macros;
    private int loops;

    private StatementParser(Tokens tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
        this.targets = new TargetParser(tokens);
        this.macros = new MacroParser(tokens, expressions, this::body);
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
            case "macro" -> macros.macro();
            case "filter" -> filter();
            case "call" -> macros.call();
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
        if (!tokens.takeTag(word)) {
            throw TemplateException.at(tokens.peek().line(), "{%% %s %%} is missing", word);
        }
        close();
    }

    private Statement condition() {
        List<Branch> branches = new ArrayList<>();
        tokens.beginCondition();
        branches.add(branch());
        while (tokens.takeTag("elif")) {
            branches.add(branch());
        }
        otherwise().ifPresent(block -> branches.add(new Branch(Optional.empty(), block)));
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
        Target variables = targets.target();
        tokens.needName("in");
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
        Optional<Block> otherwise = otherwise();
        end("endfor");
        return new For(new For.Loop(variables, all, condition), body, otherwise);
    }

    private Optional<Block> otherwise() {
        if (!tokens.takeTag("else")) {
            return Optional.empty();
        }
        close();
        return Optional.of(block());
    }

    private Statement jump(Token name, Flow flow) {
        if (loops == 0) {
            throw TemplateException.at(name.line(), "{%% %s %%} is in no loop", name.text());
        }
        close();
        return new Jump(flow);
    }

    private Statement set() {
        Target target = targets.target();
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
