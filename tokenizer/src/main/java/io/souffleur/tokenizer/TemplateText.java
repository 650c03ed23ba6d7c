package io.souffleur.tokenizer;

import java.util.Optional;

/**
 * The text of a checkpoint's template.
 *
 * @param withTools another template for requests with tools, if the checkpoint has one
 */
record TemplateText(String plain, Optional<String> withTools) {}
