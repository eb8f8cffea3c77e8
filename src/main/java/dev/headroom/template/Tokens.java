package dev.headroom.template;

import dev.headroom.template.Token.Kind;
import java.util.List;

/** The tokens of a template from a place on. */
final class Tokens {

    private static final int DEEPEST = 200;

    private final List<Token> all;
    private int at;
    private int depth;
    private int conditions;

    Tokens(List<Token> all) {
        this.all = all;
    }

    Token peek() {
        return all.get(at);
    }

    Token next() {
        return all.get(at == all.size() - 1 ? at : at++);
    }

    /** True if the next token is this operator. */
    boolean isOperator(String operator) {
        return peek().is(Kind.OPERATOR, operator);
    }

    /** True if the next token is this word. */
    boolean isName(String word) {
        return peek().is(Kind.NAME, word);
    }

    /** Takes the operator if it comes next. */
    boolean takeOperator(String operator) {
        boolean here = isOperator(operator);
        at += here ? 1 : 0;
        return here;
    }

    /** Takes the word if it comes next. */
    boolean takeName(String word) {
        boolean here = isName(word);
        at += here ? 1 : 0;
        return here;
    }

    /** True if a tag with this word comes next. */
    boolean isTag(String word) {
        return peek().kind() == Kind.TAG && all.get(at + 1).is(Kind.NAME, word);
    }

    /** Takes the beginning of a tag with this word if it comes next. */
    boolean takeTag(String word) {
        boolean here = isTag(word);
        at += here ? 2 : 0;
        return here;
    }

    /** Takes a token of this kind, which has to come next. */
    Token need(Kind kind, String what) {
        if (peek().kind() != kind) {
            throw TemplateException.at(peek().line(), "%s stands where %s is expected", peek(), what);
        }
        return next();
    }

    /** Takes this operator, which has to come next. */
    void needOperator(String operator) {
        if (!takeOperator(operator)) {
            throw missing(operator);
        }
    }

    /** Takes this word, which has to come next. */
    void needName(String word) {
        if (!takeName(word)) {
            throw missing(word);
        }
    }

    private TemplateException missing(String expected) {
        return TemplateException.at(peek().line(), "%s stands where '%s' is expected", peek(), expected);
    }

    /** Something within something else begins; ends with {@link #leave}. */
    void enter() {
        if (++depth > DEEPEST) {
            throw TemplateException.at(peek().line(), "expressions and tags are nested more than %d times", DEEPEST);
        }
    }

    void leave() {
        depth--;
    }

    /** Branches begin, which may never run; ends with {@link #endCondition}. */
    void beginCondition() {
        conditions++;
    }

    void endCondition() {
        conditions--;
    }

    /** True where a condition decides if what comes next runs. */
    boolean isConditional() {
        return conditions > 0;
    }
}
