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

    /** Arguments in tags of their own whose texts are quoted. */
    public static final String QUOTED_ARGUMENTS = TOLD
            + "{% for m in messages %}<{{ m.role }}>{{ m.content or '' }}{% for c in m.tool_calls or [] %}<function={{ c.function.name }}>{% for k, v in c.function.arguments.items() %}<parameter={{ k }}>{{ v | tojson }}</parameter>{% endfor %}</function>{% endfor %}<|eot|>{% endfor %}"
            + "{% if add_generation_prompt %}<assistant>{% endif %}";

    /** Arguments in tags of their own on lines of their own, scalars as Python writes them, as Qwen3-Coder has it. */
    public static final String CODER = TOLD
            + "{% for m in messages %}{% if m.role == 'assistant' and m.tool_calls %}{{ '<|im_start|>assistant' }}{% if m.content %}{{ '\n' + m.content | trim + '\n' }}{% endif %}"
            + "{% for c in m.tool_calls %}{{ '\n<tool_call>\n<function=' + c.function.name + '>\n' }}{% for k, v in c.function.arguments | items %}{{ '<parameter=' + k + '>\n' }}"
            + "{{ v | tojson if v is mapping or (v is sequence and v is not string) else v | string }}{{ '\n</parameter>\n' }}{% endfor %}{{ '</function>\n</tool_call>' }}{% endfor %}{{ '<|im_end|>\n' }}"
            + "{% else %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    /** A tag for each key and one for each value, others than texts as JSON, as GLM 4.5 has it. */
    public static final String PAIRED = TOLD
            + "{% for m in messages %}<|{{ m.role }}|>{% if m.role == 'assistant' %}{{ '\n<think></think>' }}{% if m.content %}{{ '\n' + m.content }}{% endif %}{% for c in m.tool_calls or [] %}"
            + "{{ '\n<tool_call>' + c.function.name + '\n' }}{% for k, v in c.function.arguments.items() %}<arg_key>{{ k }}</arg_key>{{ '\n' }}<arg_value>{{ v if v is string else v | tojson }}</arg_value>{{ '\n' }}{% endfor %}</tool_call>{% endfor %}"
            + "{% elif m.role == 'tool' %}{{ '\n<tool_response>\n' + m.content + '\n</tool_response>' }}{% else %}{{ '\n' + m.content }}{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

    private static final String SECTION_BEGIN = TOLD
            + "{% for m in messages %}<|im_{{ m.role }}|>{% if m.role == 'tool' %}{{ '## Return of ' + m.tool_call_id + '\n' }}{% endif %}{{ m.content or '' }}{% if m.tool_calls %}<|tool_calls_section_begin|>{% for c in m.tool_calls %}"
            + "<|tool_call_begin|>";

    private static final String SECTION_END =
            "<|tool_call_argument_begin|>{{ c.function.arguments if c.function.arguments is string else c.function.arguments | tojson }}<|tool_call_end|>{% endfor %}<|tool_calls_section_end|>{% endif %}<|im_end|>{% endfor %}"
                    + "{% if add_generation_prompt %}<|im_assistant|>{% endif %}";

    /** Ids that have the name and the number of a call, as Kimi K2 has it. */
    public static final String NUMBERED = SECTION_BEGIN + "{{ c.id }}" + SECTION_END;

    /** The same ids, made by the template. */
    public static final String NUMBERED_ITSELF =
            SECTION_BEGIN + "{{ 'functions.' + c.function.name + ':' + loop.index0 | string }}" + SECTION_END;

    /** Calls by ids that the caller chose. */
    public static final String BY_ID = TOLD
            + "{% for m in messages %}<{{ m.role }}>{{ m.content or '' }}{% for c in m.tool_calls or [] %}<call>{{ c.id }}<name>{{ c.function.name }}<args>{{ c.function.arguments | tojson }}</call>{% endfor %}<|eot|>{% endfor %}"
            + "{% if add_generation_prompt %}<assistant>{% endif %}";

    /** Tools are told, and calls are not written. */
    public static final String TOLD_ONLY =
            TOLD + "{% for m in messages %}<{{ m.role }}>{{ m.content }}<|eot|>{% endfor %}";

    private CallTemplates() {}
}
