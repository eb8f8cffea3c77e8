package dev.headroom.generation;

import dev.headroom.model.ChatFiles;
import dev.headroom.template.ChatTemplate;
import dev.headroom.template.TemplateException;
import dev.headroom.template.calls.CallFrame;
import dev.headroom.template.calls.FrameFinder;
import dev.headroom.template.calls.Writing;
import dev.headroom.template.calls.WritingFinder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** How a model wants conversations written. Any thread may call. */
public final class ChatTemplates {

    private static final Logger LOG = Logger.getLogger(ChatTemplates.class);

    private static final String TOOLS = "tools";

    /** Of a model whose folder does not say. */
    public static final ChatTemplates NONE = new ChatTemplates(Optional.empty(), Optional.empty());

    private final Optional<ChatTemplate> usual;
    private final Optional<ChatTemplate> withTools;
    private final Optional<CallFrame> frame;
    private final Map<Boolean, Writing> writings = new ConcurrentHashMap<>(); // by whether tools may be called

    /**
     * Templates, which are asked at once how they write calls.
     *
     * @param usual the one for conversations without tools, and for all where there is no other
     * @param withTools one for conversations with tools
     */
    public ChatTemplates(Optional<ChatTemplate> usual, Optional<ChatTemplate> withTools) {
        this(usual, withTools, List.of());
    }

    private ChatTemplates(Optional<ChatTemplate> usual, Optional<ChatTemplate> withTools, List<String> ends) {
        this.usual = usual;
        this.withTools = withTools;
        this.frame = of(true).filter(template -> template.mentions(TOOLS))
                .flatMap(FrameFinder::find)
                .map(found -> found.endingBefore(ends));
    }

    /**
     * Those of a folder. One that cannot be read refuses all conversations with its reason, which is logged.
     *
     * @param ends the texts of the tokens that end an answer
     */
    static ChatTemplates of(String model, ChatFiles files, List<String> ends) {
        return new ChatTemplates(
                files.template().map(source -> template(model, source, files)),
                files.toolTemplate().map(source -> template(model, source, files)),
                ends);
    }

    private static ChatTemplate template(String model, String source, ChatFiles files) {
        try {
            return ChatTemplate.parse(source).with(files.tokens());
        } catch (TemplateException e) {
            String refusal =
                    "the chat template of the model %s cannot be read (%s); put another one into its chat_template.jinja"
                            .formatted(model, e.getMessage());
            LOG.warnf("Conversations are refused: %s", refusal);
            return ChatTemplate.refusing(refusal);
        }
    }

    /**
     * The template that writes a conversation, as transformers chooses it; empty where the folder has none for it.
     *
     * @param tools true if the assistant may call tools
     */
    public Optional<ChatTemplate> of(boolean tools) {
        return tools ? withTools.or(() -> usual) : usual;
    }

    /**
     * The form in which the template of a conversation expects messages with calls. The first that is asked for has the
     * template write some.
     *
     * @param tools true if the assistant may call tools
     */
    public Writing writingOf(boolean tools) {
        return writings.computeIfAbsent(tools, this::writing);
    }

    private Writing writing(boolean tools) {
        return frame.filter(found -> tools)
                .map(CallFrame::writing)
                .or(() -> of(tools)
                        .map(template -> WritingFinder.find(template, tools))
                        .map(this::withIds))
                .orElse(Writing.USUAL);
    }

    /** The template that is asked may be the one whose frame says more of ids. */
    private Writing withIds(Writing writing) {
        return frame.filter(_ -> withTools.isEmpty())
                .map(CallFrame::writing)
                .filter(found -> found.ids().isPresent())
                .map(found -> writing.with(found.ids()))
                .orElse(writing);
    }

    /** How calls of tools are written; empty where that cannot be told. */
    public Optional<CallFrame> frame() {
        return frame;
    }
}
