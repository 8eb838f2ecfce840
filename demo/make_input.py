#!/usr/bin/env python3
"""Makes the demo's input: 200,000 rows in 12 CSV files of two tables, and the template they are swapped into.

    make_input.py FOLDER
        FOLDER/orders/dt=2025-01-01/orders.csv ... dt=2025-01-11    196,000 orders in 11 files
        FOLDER/customers.csv                                         4,000 customers
        FOLDER/sales.tdsx                                            demo/sales.tds and a placeholder for the extract

The same bytes each time. The values are what real files hold: quotes, commas and line breaks in texts, other alphabets,
nothing where nothing is known (an empty field is NULL), and "" where a text is known to be empty.
"""
import datetime
import pathlib
import random
import sys
import zipfile

CUSTOMERS = 4_000
ORDERS = 196_000
DAYS = 11
FIRST_DAY = datetime.date(2025, 1, 1)

# The model of a template is its .tds; the extract in it is replaced as a whole, so these bytes are never read.
PLACEHOLDER = b"The demo's extract goes here: tabferry publish replaces this file.\n"

PLACES = [("Germany", "Köln"), ("Germany", "Hamburg"), ("France", "Besançon"), ("Japan", "東京"), ("Japan", "大阪"),
          ("United Kingdom", "Newcastle upon Tyne"), ("United States", "Washington, DC"), ("Poland", "Łódź"),
          ("Brazil", "São Paulo"), ("Greece", "Αθήνα"), ("Israel", "תל אביב"), ("Canada", "St. John's")]
FIRST_NAMES = ["Ada", "Björn", "Chloé", "Dmitri", "Eve", "Fatıma", "Grace", "花子", "Ingrid", "José", "Kwame", "Zoë"]
LAST_NAMES = ["Lovelace", "O'Neill", "Smith, Jr.", "Müller", "Ångström", "García", "Nakamura", "van der Berg", 'Lee "Lucky"']
SEGMENTS = ["Consumer", "Corporate", "Home Office"]
PRODUCTS = [("Desk lamp", 3_990), ("Chair, oak", 12_900), ('Monitor 27"', 24_900), ("Cable; 2 m", 490), ("Café press", 2_450),
            ("Notebook A5", 350), ("Stapler 100%", 899), ("Tea 緑茶", 1_275), ("Shelf [wide]", 7_999), ("Gift card", 2_000)]
COMMENTS = ['please ring "twice"', "leave it with the neighbour, flat 3", "Geschenk für Oma 🎁", "line one\nline two", ""]


class Dice:
    """Random.random() is the same in every version of Python; its other methods are not."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def below(self, number):
        return int(self.random() * number)

    def chance(self, part):
        return self.random() < part

    def one_of(self, values):
        return values[self.below(len(values))]


def field(value):
    """None is nothing (NULL), "" is an empty text, and what CSV needs quoted is quoted."""
    if value is None:
        return ""
    if value == "" or any(mark in value for mark in '",\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


def write_csv(path, names, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(",".join(names) + "\n")
        for row in rows:
            file.write(",".join(map(field, row)) + "\n")


def money(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def customers():
    dice = Dice(1)
    for number in range(1, CUSTOMERS + 1):
        country, city = dice.one_of(PLACES)
        since = FIRST_DAY - datetime.timedelta(days=1 + dice.below(4_000))
        yield (str(number), f"{dice.one_of(FIRST_NAMES)} {dice.one_of(LAST_NAMES)}", dice.one_of(SEGMENTS), country, city,
               since.isoformat(), "true" if dice.chance(0.4) else "false",
               None if dice.chance(0.2) else money(dice.below(100) * 10_000),
               f'Says: "{dice.one_of(FIRST_NAMES)} sent me", {city}' if dice.chance(0.1) else None)


def orders(day, first, count):
    dice = Dice(100 + day.toordinal())
    for number in range(first, first + count):
        product, cents = dice.one_of(PRODUCTS)
        ordered = datetime.datetime.combine(day, datetime.time()) + datetime.timedelta(seconds=dice.below(86_400))
        shipped = None if dice.chance(0.05) else (day + datetime.timedelta(days=dice.below(7))).isoformat()
        yield (str(9_000_000_000 + number), str(1 + dice.below(CUSTOMERS)), ordered.isoformat(sep=" "), shipped, product,
               str(1 + dice.below(12)), money(cents), None if dice.chance(0.5) else f"0.{dice.below(30):02d}",
               "true" if dice.chance(0.9) else "false", dice.one_of(COMMENTS) if dice.chance(0.1) else None)


def write_tables(folder):
    write_csv(folder / "customers.csv", ["customer_id", "name", "segment", "country", "city", "customer_since", "newsletter",
                                         "credit_limit", "about"], customers())
    for index in range(DAYS):
        day = FIRST_DAY + datetime.timedelta(days=index)
        first, end = ORDERS * index // DAYS, ORDERS * (index + 1) // DAYS
        write_csv(folder / "orders" / f"dt={day}" / "orders.csv",
                  ["order_id", "customer_id", "ordered_at", "ship_date", "product", "quantity", "unit_price", "discount", "paid",
                   "comment"], orders(day, first + 1, end - first))


def write_template(path):
    tds = (pathlib.Path(__file__).resolve().parent / "sales.tds").read_bytes()
    with zipfile.ZipFile(path, "w") as package:
        for name, content in (("sales.tds", tds), ("Data/Extracts/sales.hyper", PLACEHOLDER)):
            package.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_input.py FOLDER")
    folder = pathlib.Path(sys.argv[1])
    write_tables(folder)
    write_template(folder / "sales.tdsx")


if __name__ == "__main__":
    main()
