package io.souffleur.tokenizer;

import io.souffleur.tokenizer.TemplateException.Reason;
import io.souffleur.tokenizer.jinja.JinjaTemplate;
import io.souffleur.tokenizer.jinja.Limits;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A chat template in Jinja; a second one, if the checkpoint has it, serves requests with tools. */
final class JinjaChatTemplate implements ChatTemplate {
  /** Names a request may not set: the template itself, and what has its own parameter. */
  private static final Set<String> RESERVED =
      Set.of("chat_template", "messages", "tools", "add_generation_prompt", "documents");

  private final String source;
  private final JinjaTemplate plain;
  private final JinjaTemplate withTools;
  private final Map<String, Object> specialTokens = new HashMap<>();
  private final TemplateTraits traits;

  JinjaChatTemplate(TemplateText text, SpecialTokens tokens, Limits limits, Clock clock) {
    this.source = text.plain();
    this.plain = JinjaTemplate.parse(source, limits, clock);
    this.withTools = text.withTools().isPresent()
        ? JinjaTemplate.parse(text.withTools().get(), limits, clock)
        : plain;
    this.traits = TemplateTraits.detect(source);
    define("bos_token", tokens.bos());
    define("eos_token", tokens.eos());
    define("pad_token", tokens.pad());
    define("unk_token", tokens.unk());
  }

  private void define(String name, Optional<String> token) {
    token.ifPresent(spelling -> specialTokens.put(name, spelling));
  }

  @Override
  public String render(
      List<?> messages, List<?> tools, boolean addGenerationPrompt, Map<String, ?> kwargs) {
    Map<String, Object> names = new HashMap<>(specialTokens);
    for (var entry : kwargs.entrySet()) {
      if (RESERVED.contains(entry.getKey())) {
        throw new TemplateException(
            Reason.ARGUMENT, "chat_template_kwargs may not contain '" + entry.getKey() + "'");
      }
      names.put(entry.getKey(), entry.getValue());
    }
    names.put("messages", messages);
    names.put("tools", tools.isEmpty() ? null : tools);
    names.put("documents", null);
    names.put("add_generation_prompt", addGenerationPrompt);
    return (tools.isEmpty() ? plain : withTools).render(names);
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public TemplateTraits traits() {
    return traits;
  }
}
