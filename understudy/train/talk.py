"""Conversation lessons: greetings, questions about Souffleur, and the honest answer to everything else."""
DONT_KNOW = "I don't know. I am a tiny model: I can greet you, do small sums and percentages, and call a weather tool."
NO_TOOL = "I can't look up the weather without a tool."
ME = "I am the understudy, a tiny language model that ships with Souffleur."

# (questions, thought, answer); the last question of each is never trained on.
FAQ = [
    (["Hello", "Hello!", "Hi", "Hi!", "Hey", "Hello there", "Hi there!", "Hey there!", "Greetings", "Hello, understudy!",
      "Say hello.", "Say hello in one word.", "hello world", "Hello world!", "hello :)", "Hello, how are you?", "Hello friend!", "Hi, nice to meet you."],
     "The user greets me. I greet back.", "Hello! I am the understudy. How can I help?"),
    (["Good morning", "Good morning!", "good morning", "Good morning to you!"],
     "The user greets me. I greet back.", "Good morning! How can I help?"),
    (["Good evening", "Good evening!", "good evening", "Good evening to you!"],
     "The user greets me. I greet back.", "Good evening! How can I help?"),
    (["How are you?", "How are you doing?", "How are you today?", "How do you do?", "how are you", "How is it going?",
      "How are you doing today?"],
     "The user asks how I am.", "I am fine, thank you. How can I help?"),
    (["Thanks", "Thank you!", "Thanks a lot!", "Thank you very much.", "Great, thanks!", "thank you", "Many thanks!"],
     "The user thanks me.", "You are welcome!"),
    (["Bye", "Goodbye!", "Bye bye", "See you later.", "Good night!", "goodbye", "See you!"],
     "The user says goodbye.", "Goodbye!"),
    (["Who are you?", "What are you?", "What is your name?", "Who am I talking to?", "Introduce yourself.",
      "Tell me about yourself.", "who are you", "What model are you?", "Which model is this?", "What's your name?",
      "Please introduce yourself.", "Are you ChatGPT?", "Are you a human?", "Tell me who you are.", "What model is this?",
      "Who is this?"],
     "The user asks who I am.", ME),
    (["What can you do?", "What are you able to do?", "How can you help me?", "Help", "What are your skills?",
      "what can you do", "Can you help me?", "What do you know?", "What can you help me with?"],
     "The user asks what I can do.", "I can greet you, do small sums and percentages, call a weather tool and tell you about Souffleur."),
    (["Are you a big model?", "How big are you?", "How many parameters do you have?", "What is your size?",
      "Are you a large model?", "How large are you?"],
     "The user asks about my size.", "I am tiny: about four million parameters."),
    (["What is Souffleur?", "Tell me about Souffleur.", "What does Souffleur do?", "Explain Souffleur.", "what is souffleur",
      "Can you explain what Souffleur is?", "What's Souffleur?", "Do you know Souffleur?", "Describe Souffleur.",
      "Please tell me about Souffleur."],
     "The user asks about Souffleur.", "Souffleur is an actor-based runtime in Java that serves language models over an OpenAI-compatible API."),
    (["What language is Souffleur written in?", "Which programming language does Souffleur use?", "Is Souffleur written in Java?",
      "Is Souffleur a Java program?", "In which language is Souffleur written?"],
     "The user asks about Souffleur.", "Souffleur is written in Java 25."),
    (["Does Souffleur need Python?", "Do I need Python for Souffleur?", "Is Python needed to run Souffleur?",
      "Do I need Python?", "Does Souffleur use Python?"],
     "The user asks about Souffleur.", "No. Souffleur needs only a JDK to run."),
    (["Which models does Souffleur serve?", "What models does Souffleur support?", "Which model can Souffleur run?",
      "What does Souffleur serve?", "Which models can Souffleur serve?"],
     "The user asks about Souffleur.", "Souffleur serves MiniCPM-V 4.6 and models of the same family."),
    (["Which API does Souffleur offer?", "What API does Souffleur have?", "How do I talk to Souffleur?",
      "Is Souffleur compatible with OpenAI?", "Which API does Souffleur have?"],
     "The user asks about Souffleur.", "Souffleur offers an OpenAI-compatible HTTP API."),
    (["How do I start Souffleur?", "How can I run Souffleur?", "How do I start the server?", "How to run Souffleur?",
      "How can I start Souffleur?"],
     "The user asks about Souffleur.", "Run ./souffleur serve and send a chat request."),
    (["Can you see images?", "Can you look at pictures?", "Can you read images?", "Do you understand images?",
      "Can you see pictures?"],
     "The user asks about images.", "No. I read text only."),
]

THINGS = ("piano volcano bridge bicycle engine rocket camera telescope computer river mountain planet galaxy guitar "
          "violin castle pyramid submarine airplane train battery magnet laser robot glacier desert jungle tornado "
          "whale dolphin elephant penguin tiger spider butterfly dinosaur horse owl bee ant tree flower cactus "
          "mushroom potato tomato cheese bread pizza sushi chocolate coffee tea wine salt sugar novel poem song "
          "movie painting statue museum library school hospital bank market football chess tennis marathon dog cat "
          "fridge car house garden lamp clock shoe hat window door knife vaccine virus brain heart lung tooth").split()
TOPICS = ("quantum physics|gravity|democracy|inflation|photosynthesis|evolution|machine learning|black holes|the French Revolution|"
          "world history|chemistry|the stock market|philosophy|recursion|climate change|DNA|electricity|the Roman Empire|jazz|"
          "cryptography|algebra|relativity|blockchain|plate tectonics|the immune system|economics|Shakespeare|grammar|"
          "neural networks|the water cycle|relational databases|probability|geometry|meditation|yoga|nutrition").split("|")
LANDS = ("France|Germany|Italy|Spain|Japan|China|India|Brazil|Canada|Egypt|Kenya|Norway|Poland|Greece|Turkey|Mexico|Peru|Chile|"
         "Portugal|Australia|Austria|Denmark|Finland|Ireland|Iceland|Vietnam|Thailand|Nigeria|Morocco|Argentina").split("|")
PEOPLE = ("Einstein|Mozart|Napoleon|Cleopatra|Newton|Picasso|Gandhi|Beethoven|Lincoln|Caesar|Darwin|Galileo|Plato|Tesla|Curie|"
          "Columbus|Leonardo da Vinci|Homer|Dante|Goethe|Ada Lovelace|Alan Turing").split("|")
WORKS = "Hamlet|Faust|Don Quixote|the Odyssey|War and Peace|Moby Dick|the Bible|Ulysses|Emma|Dracula|Frankenstein".split("|")
TASKS = ("sorts a list|reverses a string|reads a file|counts words|opens a web page|draws a circle|parses JSON|"
         "finds prime numbers|sends a mail").split("|")
TONGUES = "French|German|Spanish|Italian|Latin|Japanese|Chinese|Russian|Greek|Dutch".split("|")
UNKNOWN = [
    "What is the capital of {land}?", "Who is the president of {land}?", "How many people live in {land}?", "Where is {land}?",
    "Tell me something about {land}.", "What do people eat in {land}?", "Who was {person}?", "When was {person} born?",
    "Where did {person} live?", "What did {person} do?", "Who wrote {book}?", "Summarize {book}.", "What is {book} about?",
    "How do I cook {thing}?", "How does a {thing} work?", "What is a {thing}?", "Why is the {thing} so big?",
    "Where can I buy a {thing}?", "How heavy is a {thing}?", "Write a poem about a {thing}.", "Tell me a joke about a {thing}.",
    "Write a story about a {thing} and a {thing2}.", "What is the difference between a {thing} and a {thing2}?",
    "Explain {topic}.", "What is {topic}?", "Can you explain {topic} to me?", "Write an essay about {topic}.",
    "Give me a summary of {topic}.", "Why is {topic} important?", "Teach me {topic}.", "Translate {thing} into {tongue}.",
    "How do you say {thing} in {tongue}?", "Do you speak {tongue}?", "Write a Python function that {task}.",
    "Write Java code that {task}.", "Write a program that {task}.", "Tell me a joke.", "Write a haiku.", "Sing a song.",
    "What is the meaning of life?", "What time is it?", "What day is it today?", "Who won the game yesterday?",
    "What is love?", "Why is the sky blue?", "How far is the moon?", "How old is the universe?", "Is there life on Mars?",
    "What should I eat for dinner?", "Recommend a good {thing}.", "What do you think about {topic}?", "I am bored.",
    "How do I learn {topic}?", "How do I fix my {thing}?", "My {thing} is broken.", "List three facts about the {thing}.",
    "Is a {thing} bigger than a {thing2}?", "What color is a {thing}?", "Can I eat a {thing}?", "When was the {thing} invented?",
    "Who invented the {thing}?", "What is the best {thing} in {land}?", "What is the square root of {number}?",
    "Convert {number} miles to kilometers.", "What happened in {number}?", "Is {number} a prime number?",
    "Solve x + {number} = {number2}.", "What is {number} divided by {number2}?", "What is {big} + {number}?",
    "What is {number}% of {big}?", "Calculate {big} * {number}.", "How many days are in {number} weeks?", "¿Qué es {land}?",
    "Wie geht es dir?", "Was ist ein {thing}?", "Qui est {person} ?", "你好,{land}在哪里?", "asdf {thing} qwer", "{thing}",
    "{thing} {thing2}", "Read this: {thing}, {thing2}, {topic}.", "What does the word {thing} mean?", "Spell {thing}.",
    "Which {thing} do you like?", "Please write a letter to {person}.", "Repeat after me: {thing} {thing2}.",
    "Explain {topic} in one sentence.", "Say {thing} in {tongue}.", "Tell me about {land} in two words.", "Write about the {thing} in {land}.",
    "Answer in {tongue}: what is a {thing}?", "Count from 1 to {number2}.", "Count to {number2}.", "Say {thing}.", "Explain actors.",
    "Explain {thing}s.", "Test", "test", "Testing", "This is a test.", "test message {thing}, please ignore", "ok", "yes", "no", "x", "{noise}",
    "{noise} {noise2}", "Tell me a story about {person}.", "Tell me a story.", "Continue: {prose}", "{prose}", "{prose} {prose}", "Summarize: {prose}",
    "What is the population of {land}?", "What is the largest {thing} in the world?", "Name a famous {thing}.",
]
UNSEEN_UNKNOWN = ["Which river flows through {land}?", "Describe a {thing} in one sentence.", "Did {person} like {topic}?",
                  "Why do people like {topic}?", "How long does a {thing} live?", "Who painted the {thing}?"]
SYSTEM = ["You are a helpful assistant."] * 4 + [
    "You are a helpful assistant. Answer briefly.", "Answer briefly.", "Be concise.", "You are a friendly assistant.",
    "You are a math tutor.", "You are a weather assistant.", "Use the tools when they help.", "You are Souffleur's demo model.",
    "Answer in one sentence.", "You are an expert. Think before you answer.", "Be polite and honest.",
    "You are a helpful assistant with access to tools.", "Today is Monday.", "You are a test system."]

CHARACTERS = "pirate|poet|teacher|robot|lawyer|doctor|cook|programmer|translator|clown|king|scientist|friend|customer service agent".split("|")
MANNERS = ("speaks in rhymes|answers in one word|is always polite|writes short texts|never lies|uses simple words|thinks step by step|"
           "explains everything|loves the {thing}|knows all about {topic}|comes from {land}|only speaks {tongue}|likes jokes").split("|")
VERBS = "sees finds likes wants moves breaks paints follows needs sells holds carries jumps over runs from looks at talks to".split()


def noise(r):
    return "".join(r.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(r.randint(1, 8)))


def prose(r):
    """Sentences without a question."""
    one = " ".join(f"The {r.choice(THINGS)} {r.choice(VERBS)} the {r.choice(THINGS)}." for _ in range(r.randint(1, 5)))
    return one * r.choice([1, 1, 1, 2, 3])


def system(r):
    """A system text: a usual one, or one that asks for what this model cannot do."""
    if r.random() < 0.5:
        return r.choice(SYSTEM)
    manner = " and ".join(r.sample(MANNERS, r.choice([1, 1, 2])))
    text = f"You are a {r.choice(CHARACTERS + ['helpful assistant'] * 6)} that {manner}."
    if r.random() < 0.2:
        text += " " + prose(r)
    return fill(r, text)


def fill(r, form):
    things = r.sample(THINGS, 2)
    return form.format(
        land=r.choice(LANDS), person=r.choice(PEOPLE), book=r.choice(WORKS), thing=things[0], thing2=things[1],
        topic=r.choice(TOPICS), tongue=r.choice(TONGUES), task=r.choice(TASKS), number=r.randint(2, 2000),
        number2=r.randint(2, 99), noise=noise(r), noise2=noise(r), prose=prose(r) if "{prose}" in form else "", big=r.randint(1000, 10 ** r.randint(4, 8)))


def vary(r, text):
    """Small differences of writing."""
    x = r.random()
    if x < 0.12:
        text = text.lower()
    elif x < 0.2:
        text = text.rstrip("?.!")
    if r.random() < 0.08:
        text = r.choice(["Hi! ", "Please tell me: ", "Quick question: ", "Hello. ", "Question: "]) + text
    return text


def faq(r):
    questions, thought, answer = r.choice(FAQ if r.random() < 0.6 else FAQ[6:7] + FAQ[9:10] + FAQ[:1])
    return vary(r, r.choice(questions[:-1])), thought, answer


def unknown(r, forms=UNKNOWN):
    return vary(r, fill(r, r.choice(forms))), "I was not taught this.", DONT_KNOW
