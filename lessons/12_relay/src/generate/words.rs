//! The vocabulary: common English words in the order of their use, roughly, and many more that are made of syllables.

use std::sync::LazyLock;

use super::random::Random;

/// Common words. The first are the commonest.
const COMMON: &str = "the to and a of is in i you it that for on this be are with not have but my was they at we as \
    if just so all your what can do or like people about more will out no up from get one how now time good me has by \
    an when know there think make our their new would need see only who some which want then them been day even first \
    because here into other really over right than too use very way work also any back could go great had its made \
    many most much never off still thing us well why world always am did down every find free give going got his \
    keep last let life long look love money nothing own read run same say should something start take thank these \
    those through today try two under until were where while without write year years again already another anything \
    away bad before best better between both build buy call change check come different does done each else end \
    enough ever everyone everything fact far feel few follow friend friends game getting hard help her him home hope \
    hour house idea important instead job key kind least left less line little live lot matter maybe mean might \
    minute moment morning must name network next night node note old once open order part pay person place plan play \
    point post power problem put question reach real reason relay reply school second seems send server set share \
    she show side simple since small someone soon sound state stay stop story such sure talk tell test though thought \
    three together told tomorrow tonight took true turn update user using value version wait walk watch water week \
    went whole win wish woman word words wrong yes yesterday yet young above across add after against ago air almost \
    alone along animal answer apple area around arrive ask autumn baby bank beach beautiful become bed began behind \
    believe bird birthday black block blue board boat body book born box boy brain bread break breakfast bridge bright \
    bring broke brother brown bug bus business busy butter cake camera car card care cat catch cause cheap cheese \
    child children choice choose circle city class clean clear client climb clock close cloud coffee cold color \
    company computer cook cool copy corner cost count country couple course cover create cross cup cut dance dark data \
    daughter dead deal dear decide deep design desk dinner dog door double draw dream dress drink drive drop dry early \
    earth east easy eat edge egg eight email empty energy english enjoy evening event exactly example eye face fair \
    fall family famous farm fast father favorite fear feature feet field fight file fill final fine finger finish fire \
    fish five fix floor flower fly food foot forest forget form forward found four fresh front fruit full fun funny \
    future garden gift girl glad glass gold grass green ground group grow guess guitar half hand happen happy hat head \
    health hear heart heavy hello high hill history hit hold hole holiday horse hot huge human hundred hungry hurry \
    hurt ice image inside island join joke journey july june jump kids kitchen knew lake land language large late laugh \
    law lead learn leave letter level light list listen lost loud low luck lunch machine magic mail main map mark \
    market meal meet memory message middle mile milk million mind miss mistake modern month moon mother mountain mouth \
    move movie music myself nature near neck neighbor nice nine noise noon normal north number ocean office oil orange \
    outside page paint pair paper parent park party past path peace pen phone photo picture piece pink pizza plane \
    plant plate please pocket poem poor possible potato press pretty price print private probably program project \
    promise proof protocol proud public pull push quick quiet quite radio rain random rather ready receive record red \
    remember rest result return rice rich ride ring rise river road rock room round rule safe salt sand save science \
    screen sea search season seat secret seed seen self sell sense serious seven shall shape sharp ship shirt shoe shop \
    short shoulder sick sign silver sing single sister sit six size skin sky sleep slow smart smell smile snow social \
    software soft song sorry south space speak special speed spend sport spring square stand star station step stone \
    store storm strange street strong student stuff summer sun support surprise sweet swim table tail tea teach team \
    ten tender thick thin third thousand throw ticket tired tool top total touch toward town toy trade traffic train \
    travel tree trip trouble truck trust truth type ugly uncle understand usual valley video view village visit voice \
    wall war warm wash weather website weekend weight welcome west wheel white wide wild wind window wine winter wood \
    worker worry worth yellow zero zone";

const ONSETS: [&str; 28] = [
    "b", "br", "c", "ch", "cl", "d", "dr", "f", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl",
    "qu", "r", "s", "sh", "st", "t", "tr", "v", "w", "z",
];
const VOWELS: [&str; 10] = ["a", "e", "i", "o", "u", "ai", "ea", "ee", "io", "ou"];
const CODAS: [&str; 16] = [
    "", "", "", "n", "r", "l", "s", "t", "m", "nd", "st", "ck", "ng", "x", "p", "d",
];

/// How many words there are.
const WORDS: usize = 4095;

/// All words, the commonest first.
pub(crate) fn all() -> &'static [String] {
    static ALL: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut random = Random::new(1);
        let common = COMMON.split_whitespace().map(String::from);
        let made = std::iter::repeat_with(|| made_of_syllables(&mut random));
        common.chain(made).take(WORDS).collect()
    });
    &ALL
}

/// Names of hosts, the commonest first.
pub(crate) fn hosts() -> &'static [String] {
    static HOSTS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut random = Random::new(2);
        let host = |_| {
            let name = made_of_syllables(&mut random);
            let front = random.pick(&["", "", "relay.", "nostr.", "media.", "cdn.", "www."]);
            let end = random.pick(&[
                "com", "net", "org", "io", "social", "land", "xyz", "example",
            ]);
            format!("{front}{name}.{end}")
        };
        (0..1023).map(host).collect()
    });
    &HOSTS
}

fn made_of_syllables(random: &mut Random) -> String {
    let mut word = String::new();
    for _ in 0..2 + random.below(2) {
        word += random.pick(&ONSETS);
        word += random.pick(&VOWELS);
    }
    word + random.pick(&CODAS)
}
