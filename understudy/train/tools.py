"""Tool lessons: weather calls with any city and many schemas, and sentences from tool results."""
import json

from checkpoint import MODEL_FOLDER

CITIES = (MODEL_FOLDER.parent / "cities.txt").read_text().split("\n")[:-1]
OTHER_CITIES = (
    "Glasgow|Edinburgh|Liverpool|Manchester|Leeds|Bristol|Cardiff|Belfast|Lyon|Marseille|Nice|Toulouse|Bordeaux|Lille|"
    "Stuttgart|Dresden|Leipzig|Bremen|Hanover|Nuremberg|Bonn|Essen|Turin|Bologna|Palermo|Verona|Pisa|Granada|Malaga|Bilbao|"
    "Zaragoza|Salzburg|Graz|Linz|Basel|Bern|Lucerne|Antwerp|Ghent|Bruges|Rotterdam|Utrecht|Gothenburg|Bergen|Aarhus|Tampere|"
    "Gdansk|Poznan|Lodz|Brno|Bratislava|Ljubljana|Sarajevo|Skopje|Tirana|Minsk|Odessa|Tbilisi|Yerevan|Baku|Tashkent|Almaty|"
    "Kabul|Karachi|Lahore|Dhaka|Colombo|Kathmandu|Chennai|Jaipur|Hyderabad|Phuket|Penang|Cebu|Busan|Sapporo|Nagoya|Kobe|"
    "Wuhan|Chengdu|Tianjin|Macau|Perth|Brisbane|Adelaide|Wellington|Accra|Dakar|Tunis|Algiers|Rabat|Kampala|Lusaka|Harare|"
    "Durban|Pretoria|Luanda|Kigali|Houston|Dallas|Austin|Phoenix|Portland|Atlanta|Detroit|Orlando|Tampa|Memphis|Nashville|"
    "Baltimore|Pittsburgh|Cleveland|Omaha|Tucson|Oakland|Honolulu|Anchorage|Calgary|Ottawa|Quebec|Winnipeg|Halifax|Panama City|"
    "Guadalajara|Cancun|Medellin|Cali|Guayaquil|Cusco|La Paz|Asuncion|Montevideo|Rosario|Recife|Salvador|San Diego|"
    "Salt Lake City|New Orleans|Las Vegas|Kuala Lumpur|Tel Aviv|Addis Ababa|San Juan|Fort Worth|Málaga|Düsseldorf|Kraków").split("|")
UNSEEN_CITIES = ("Sheffield|Grenoble|Mannheim|Trieste|Cordoba|Innsbruck|Leuven|Eindhoven|Malmo|Trondheim|Katowice|Plovdiv|Izmir|"
                 "Amman|Muscat|Pune|Hue|Sendai|Nanjing|Darwin|Hobart|Kano|Sacramento|Boise|Arequipa|Fortaleza|Kingston|"
                 "San Jose|Little Rock|Santa Fe").split("|")
COUNTRIES = "France|Germany|Italy|Spain|Japan|England|USA|Canada|India|Brazil|CA|TX|NY".split("|")

ASKING = ["What is the weather in {c}?"] * 5 + ["What's the weather like in {c}?"] * 3 + ["What is the weather like in {c}?"] * 3 + [
    "What's the weather in {c}?", "How is the weather in {c}?", "How is the weather in {c} today?", "Weather in {c}?",
    "Tell me the weather in {c}.", "Is it raining in {c}?", "Will it rain in {c} today?", "What is the temperature in {c}?",
    "How warm is it in {c}?", "How hot is it in {c} right now?", "Do I need an umbrella in {c}?", "Get the weather for {c}.",
    "Check the weather in {c}, please.", "What is the forecast for {c}?", "I am going to {c}. What is the weather there?",
    "Could you look up the current weather in {c}?", "How cold is it in {c}?", "weather {c}", "{c} weather",
    "Use the tool to get the weather in {c}.", "What's the weather in {c} today?", "What is the weather in {c} now?",
    "Is it sunny in {c}?", "Please tell me the weather in {c}.", "Can you check the weather in {c}?", "Show me the weather in {c}.",
    "I need the weather for {c}.", "What will the weather be in {c} tomorrow?", "Find the weather in {c}.", "Is it cold in {c}?",
    "Give me the current weather in {c}.", "What is the weather in {c}, {country}?", "I live in {c}. How is the weather?",
    "Call {tool} for {c}.", "Use {tool} for {c}.", "Look up the weather of {c}.", "What is it like outside in {c}?"]
UNSEEN_ASKING = ["Hi! Can you tell me what the weather is like in {c}?", "I want to know the weather in {c}.",
                 "How is the weather over in {c} this morning?", "Is it snowing in {c} today?", "Weather for {c}, please.",
                 "What is the current weather in {c}?"]
TIME_ASKING = ["What time is it in {c}?", "Tell me the time in {c}.", "What is the local time in {c}?", "Current time in {c}?",
               "How late is it in {c}?"]
NAMES = ["get_weather"] * 12 + ["get_current_weather"] * 3 + ["weather", "getWeather", "weather_lookup", "fetch_weather", "current_weather",
                                                             "get_forecast"]
TIME_NAMES = ["get_time", "get_current_time", "current_time", "getTime"]
PLACES = ["city"] * 8 + ["location"] * 6 + ["place", "city_name", "town", "q", "query", "where", "name"]
REMARKS = ["The city", "City name", "Name of the city", "The city, e.g. Paris", "The city and state, e.g. San Francisco, CA",
           "Where to look up the weather", "A location"]
ABOUT = ["Get the weather", "Get the current weather in a given location", "Look up the weather of a city", "Returns the weather",
         "Current weather", "Get weather information for a city"]
OTHERS = [("search", ["query"]), ("calculator", ["expression"]), ("send_email", ["to", "subject"]), ("get_stock_price", ["symbol"]),
          ("translate", ["text", "language"]), ("create_event", ["title", "date"]), ("read_file", ["path"]), ("add_numbers", ["a", "b"]),
          ("web_search", ["q"]), ("get_news", ["topic"]), ("play_music", ["song"]), ("set_timer", ["minutes"])]
UNITS = [["celsius", "fahrenheit"]] * 4 + [["fahrenheit", "celsius"], ["metric", "imperial"], ["C", "F"]]
SKIES = ("sunny cloudy rainy foggy windy snowy clear stormy overcast").split() + [
    "partly cloudy", "light rain", "heavy rain", "light snow", "clear sky", "scattered clouds", "mist", "drizzle"]


def syllables(r, low, high):
    parts = [r.choice("bcdfghjklmnprstvwz") + r.choice("aeiou") + r.choice(["", "", "n", "r", "l", "s"])
             for _ in range(r.randint(low, high))]
    return "".join(parts)


def city(r):
    x = r.random()
    if x < 0.45:
        return r.choice(CITIES)
    if x < 0.7:
        return r.choice(OTHER_CITIES)
    return " ".join(syllables(r, 1, 3).capitalize() for _ in range(r.choice([1, 1, 1, 2])))


def _parameter(r, name, kind, remark=True):
    about = {"type": kind}
    if remark and r.random() < 0.6:
        about["description"] = r.choice(REMARKS)
    return dict(r.sample(list(about.items()), len(about)))


def schema(r, names=NAMES, places=PLACES):
    """(tool, name, place parameter, required parameters with their allowed values or None)."""
    name = r.choice(names) if r.random() < 0.93 else "_".join(syllables(r, 1, 2) for _ in range(r.randint(1, 2)))
    place = r.choice(places) if r.random() < 0.9 else syllables(r, 1, 3)
    properties, required = {place: _parameter(r, place, "string")}, {place: None}
    if r.random() < 0.45:
        values = r.choice(UNITS) if r.random() < 0.8 else None
        key = r.choice(["unit", "unit", "unit", "units", "format"])
        properties[key] = {"type": "string"} | ({"enum": values} if values else {})
        if r.random() < 0.2 and values:
            required[key] = values
    if r.random() < 0.1:
        properties["days"] = {"type": "integer"}
    parameters = {"type": "object", "properties": dict(r.sample(list(properties.items()), len(properties)))}
    order = r.sample(list(required.items()), len(required))
    if len(required) < len(properties) or r.random() < 0.8:
        parameters["required"] = [key for key, _ in order]
    else:
        order = [(key, required[key]) for key in parameters["properties"]]
    function = {"name": name, "parameters": parameters}
    if r.random() < 0.8:
        function["description"] = r.choice(ABOUT)
    function = dict(r.sample(list(function.items()), len(function)))
    return {"type": "function", "function": function}, name, place, order


def other_tool(r):
    name, keys = r.choice(OTHERS)
    return {"type": "function", "function": {"name": name, "parameters": {
        "type": "object", "properties": {k: {"type": "string"} for k in keys}, "required": keys}}}


def with_others(r, tool, share=0.2):
    tools = [tool]
    if r.random() < share:
        tools += [other_tool(r) for _ in range(r.choice([1, 1, 2]))]
        r.shuffle(tools)
    return tools


def call_text(name, order, values):
    lines = "".join(f"<parameter={key}>\n{values[key]}\n</parameter>\n" for key, _ in order)
    return f"<tool_call>\n<function={name}>\n{lines}</function>\n</tool_call>"


def call(r, asking=ASKING, where=None, allow_time=True):
    """A question that a listed tool answers: (messages' text, tools, thought, call, facts for a later result)."""
    about = "weather"
    if allow_time and asking is ASKING and r.random() < 0.08:
        about, asking = "time", TIME_ASKING
    tool, name, place, order = schema(r, TIME_NAMES if about == "time" else NAMES)
    tools = with_others(r, tool)
    if about == "time" or allow_time and r.random() < 0.06:  # both clocks and weather are listed: choose by the question
        rival = schema(r, NAMES if about == "time" else TIME_NAMES)[0]
        tools.insert(r.randint(0, len(tools)), rival)
    where = where or city(r)
    question = r.choice(asking).format(c=where, country=r.choice(COUNTRIES), tool=name)
    values = {place: where}
    for key, allowed in order:
        if allowed:
            values[key] = r.choice(allowed)
            if values[key] != allowed[0] or r.random() < 0.3:
                question += f" Use {values[key]}."
    x = r.random()
    if asking is ASKING and x < 0.08:
        question = question.rstrip("?.")
    elif asking is ASKING and x < 0.14:
        question = question[0].lower() + question[1:] if not question.startswith(where) else question
    thought = f"The user asks for the {about} in {where}. I call {name}."
    return question, tools, thought, call_text(name, order, values), (about, where, name, values)


def result(r, about, where):
    """(what a tool returns, thought, sentence for the user)."""
    if about == "time":
        clock = f"{r.randint(0, 23)}:{r.randint(0, 59):02d}"
        text = clock if r.random() < 0.4 else json.dumps({r.choice(["time", "local_time", "now"]): clock})
        return text, f"The tool says {clock}.", f"It is {clock} in {where}."
    degrees, sky = str(r.randint(-20, 42)), r.choice(SKIES)
    if r.random() < 0.1:
        degrees += f".{r.randint(1, 9)}"
    hot = {r.choice(["temperature", "temperature", "temp", "temp_c", "temperature_c", "degrees", "celsius"]):
           json.loads(degrees) if r.random() < 0.8 else degrees}
    seen = {r.choice(["condition", "conditions", "sky", "weather", "description", "summary", "forecast"]): sky}
    extra = {}
    if r.random() < 0.35:
        extra[r.choice(["city", "location"])] = where
    if r.random() < 0.2:
        extra["unit"] = r.choice(["celsius", "C"])
    if r.random() < 0.15:
        extra["humidity"] = r.randint(10, 99)
    x = r.random()
    if x < 0.6:
        items = list({**hot, **seen, **extra}.items())
        text, answer = json.dumps(dict(r.sample(items, len(items)))), f"It is {degrees} degrees and {sky} in {where}."
        thought = f"The tool says {degrees} degrees and {sky}."
    elif x < 0.8:
        shown = r.choice([f"{degrees} degrees, {sky}", f"{sky}, {degrees}°C", f"{sky.capitalize()}, {degrees} degrees",
                          f"{degrees}°C and {sky}", f"{degrees} degrees and {sky}", f"{sky} {degrees}C",
                          f"It is {degrees} degrees and {sky}.", f"{where}: {sky}, {degrees}°C"])
        text, answer, thought = shown, f"It is {degrees} degrees and {sky} in {where}.", f"The tool says {degrees} degrees and {sky}."
    elif x < 0.9:
        items = list({**hot, **extra}.items())
        text = json.dumps(dict(r.sample(items, len(items)))) if r.random() < 0.7 else r.choice([f"{degrees}°C", f"{degrees} degrees", degrees])
        answer, thought = f"It is {degrees} degrees in {where}.", f"The tool says {degrees} degrees."
    else:
        text = json.dumps(seen) if r.random() < 0.5 else sky
        answer, thought = f"It is {sky} in {where}.", f"The tool says {sky}."
    return text, thought, answer
