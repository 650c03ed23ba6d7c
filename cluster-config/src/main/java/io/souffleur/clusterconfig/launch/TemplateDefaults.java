package io.souffleur.clusterconfig.launch;

import io.souffleur.tokenizer.ChatTemplate;
import io.souffleur.tokenizer.TemplateTraits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A chat template that sees the operator's variables wherever a request does not set them.
 *
 * @param defaults checked by the command line to hold no name that a request may not set
 */
record TemplateDefaults(ChatTemplate template, Map<String, Object> defaults)
    implements ChatTemplate {
  /** The template itself when there is nothing to add. */
  static ChatTemplate over(ChatTemplate template, Map<String, Object> defaults) {
    return defaults.isEmpty() ? template : new TemplateDefaults(template, defaults);
  }

  @Override
  public String render(
      List<?> messages, List<?> tools, boolean addGenerationPrompt, Map<String, ?> kwargs) {
    Map<String, Object> all = new LinkedHashMap<>(defaults);
    all.putAll(kwargs);
    return template.render(messages, tools, addGenerationPrompt, all);
  }

  @Override
  public String source() {
    return template.source();
  }

  @Override
  public TemplateTraits traits() {
    return template.traits();
  }
}
