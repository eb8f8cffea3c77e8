package dev.headroom.template.calls;

/** Small chat templates that write calls in the ways of real ones. */
public final class CallTemplates {

    private static final String PROMPT = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    private static final String TOLD = "{% if tools %}<tools>{{ tools | tojson }}</tools>{% endif %}";

    /** A tag around each JSON object, as Hermes and Qwen have it. */
    public static final String TAGGED = TOLD + """
            {% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content }}{% for c in m.tool_calls or [] %}
            {{- '\\n' if m.content or not loop.first }}<tool_call>
            {"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}
            </tool_call>{% endfor %}<|im_end|>
            {% endfor %}""".replace("            ", "") + PROMPT;

    /** A special token before a list of objects with ids, as Mistral has it. */
    public static final String LISTED =
            "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}{% if tools and m == (messages | selectattr('role', 'equalto', 'user') | list)[-1] %}[AVAILABLE_TOOLS] {{ tools | tojson }}[/AVAILABLE_TOOLS]{% endif %}[INST] {{ m.content }}[/INST]"
                    + "{% elif m.tool_calls %}[TOOL_CALLS] [{% for c in m.tool_calls %}{% if c.id | length != 9 %}{{ raise_exception('ids have nine letters') }}{% endif %}"
                    + "{\"name\": \"{{ c.function.name }}\", \"arguments\": {{ c.function.arguments | tojson }}, \"id\": \"{{ c.id }}\"}{{ ', ' if not loop.last }}{% endfor %}]{{ eos_token }}"
                    + "{% elif m.role == 'tool' %}[TOOL_RESULTS] {{ m.content }}[/TOOL_RESULTS]{% else %} {{ m.content | trim }}{{ eos_token }}{% endif %}{% endfor %}";

    /** A bare object, one at most, as Llama 3.1 has it. */
    public static final String BARE = TOLD
            + "{% for m in messages %}{{ '<|h|>' + m.role + '<|e|>\n\n' }}{% if m.tool_calls %}{% if m.tool_calls | length != 1 %}{{ raise_exception('single calls only') }}{% endif %}"
            + "{% set c = m.tool_calls[0].function %}{{ '{\"name\": \"' + c.name + '\", ' }}{{ '\"parameters\": ' }}{{ c.arguments | tojson }}{{ '}' }}{% else %}{{ m.content | trim }}{% endif %}<|eot|>{% endfor %}"
            + "{% if add_generation_prompt %}<|h|>assistant<|e|>\n\n{% endif %}";

    /** Marks around a name and a block of code, of messages without content, whose arguments are a text, as DeepSeek has it. */
    public static final String FENCED = TOLD
            + "{% for m in messages %}{% if m.role == 'user' %}<|User|>{{ m.content }}{% elif m.content is none %}<|Assistant|><|calls|>{% for c in m.tool_calls %}{{ '' if loop.first else '\n' }}"
            + "{{ '<|call|>' + c.type + '<|sep|>' + c.function.name + '\n```json\n' + c.function.arguments + '\n```<|/call|>' }}{% endfor %}<|/calls|><|eos|>"
            + "{% else %}{{ '<|Assistant|>' + m.content + '<|eos|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}<|Assistant|>{% endif %}";

    /** A tag with the name, as functionary has it. */
    public static final String NAMED_TAG = TOLD
            + "{% for m in messages %}<{{ m.role }}>{{ m.content or '' }}{% for c in m.tool_calls or [] %}<function={{ c.function.name }}>{{ c.function.arguments | tojson }}</function>{% endfor %}<|eot|>{% endfor %}"
            + "{% if add_generation_prompt %}<assistant>{% endif %}";

    /** Arguments in tags of their own, which are no JSON object. */
    public static final String TAGGED_ARGUMENTS = TOLD
            + "{% for m in messages %}<{{ m.role }}>{{ m.content or '' }}{% for c in m.tool_calls or [] %}<function={{ c.function.name }}>{% for k, v in c.function.arguments.items() %}<parameter={{ k }}>{{ v }}</parameter>{% endfor %}</function>{% endfor %}<|eot|>{% endfor %}"
            + "{% if add_generation_prompt %}<assistant>{% endif %}";

    /** Calls by ids that the caller chose. */
    public static final String BY_ID = TOLD
            + "{% for m in messages %}<{{ m.role }}>{{ m.content or '' }}{% for c in m.tool_calls or [] %}<call>{{ c.id }}<name>{{ c.function.name }}<args>{{ c.function.arguments | tojson }}</call>{% endfor %}<|eot|>{% endfor %}"
            + "{% if add_generation_prompt %}<assistant>{% endif %}";

    /** Tools are told, and calls are not written. */
    public static final String TOLD_ONLY =
            TOLD + "{% for m in messages %}<{{ m.role }}>{{ m.content }}<|eot|>{% endfor %}";

    private CallTemplates() {}
}
