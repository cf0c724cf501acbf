#include "scheduler/plan/input/wish_words.h"

namespace aftercare::plan {
namespace {

// `written` names alternatives between `|`.
constexpr Rewording kRewordings[] = {
    // Courtesy that asks.
    {"please|pls|plz|plzz|plss|plase|pleas|pleae|plese|pleasee|plesae|plea|pl|kindly|por favor|x favor|porfavor|porfis|"
     "porfa|xfa|xfavor|por fa|porfavo|favor de|sil vous plait|sil te plait|svp|sivouplait|silvousplait|sil vous plais|"
     "hagan el favor de|haga el favor de|hazme el favor de|haganme el favor de|do me a favor|merci de|merci de bien "
     "vouloir|priere de|veuillez|je vous prie|je vous prie de|je vous demande de|je vous demande|je vous en prie|for "
     "the love of god|for gods sake|for christs sake|por amor de dios|por dios|les ruego|le ruego|se los ruego|i beg "
     "you|im begging you|be so kind|if you dont mind|si no les importa", "+"},
    // Other courtesy, forms of address, anger and impatience.
    {"thanks|thank you|thank u|thankyou|thx|thnx|tnx|tks|thnks|ty|tysm|thanks so much|thanks a lot|many thanks|cheers|"
     "ok|okay|oki|sorry|im sorry|gracias|muchas gracias|merci|merci beaucoup|ok merci|fuck you|screw you", ","},
    {"hi|hello|hey|hiya|good morning|good afternoon|good evening|hi there|hey there|hello there|dear|sir|madam|maam|"
     "mam|folks|guys|people|dude|bro|man|bot|robot|computer|team|kk|okey|lol|ugh|omg|omfg|jeez|geez|smh|wtf|god|jesus|"
     "christ|oh my god|my god|tf|af|asap|as soon as possible|now|right now|right away|at once|immediately|instantly|"
     "just|really|seriously|already|ever|again|once and for all|for good|forever|permanently|fucking|fuckin|fkn|fcking|"
     "fking|fing|effing|freaking|freakin|frigging|goddamn|goddam|dammit|damn|damnit|the fuck|the hell|the heck|fck|"
     "fuck|fk|idiots|idiot|morons|moron|asshole|assholes|jerk|jerks|bastards|bitch|bitches|stupid|have a nice day|have "
     "a good day|god bless|regards|best regards|kind regards|sincerely|straight away|actually", ""},
    {"grax|graciaz|mil gracias|gracias de antemano|de antemano|hola|buenas|buenos dias|buenas tardes|buenas noches|"
     "buen dia|que tal|senor|senora|senores|senorita|sr|sra|ya|ahora|ahora mismo|ahorita|inmediatamente|de inmediato|"
     "de una vez|de una vez por todas|de una buena vez|cuanto antes|lo antes posible|saludos|un saludo|disculpe|"
     "disculpen|disculpa|perdon|lo siento|oiga|oigan|oye|oigan ustedes|coño|cono|carajo|cabrones|pendejos|idiotas|"
     "imbeciles|hijos de puta|malditos|malditas|putos|putas|pinches|pinche|chingados|hombre|amablemente|atentamente|"
     "definitivamente|nuevamente|otra vez|de nuevo|merci bien|merci davance|merci de avance|de avance|bonjour|bonsoir|"
     "salut|coucou|madame|monsieur|messieurs|desolé|desole|desolée|desolee|pardon|excusez moi|maintenant|tout de suite|"
     "immediatement|des maintenant|une bonne fois pour toutes|definitivement|cordialement|bonne journee|bonne journée|"
     "bonne soiree|putain|bordel|merde|connards|cons|enfin|vraiment|encore|d accord|daccord|de accord", ""},
    // Conjunctions.
    {"and|but|then|so then|n|y|e|pero|entonces|et|mais|alors|donc", "&"}, {"so please", "& +"}, {"so stop", "& stop"},
    {"so can you", "& can you"}, {"so dont", "& dont"}, {"so i", "& i"}, {"so quit", "& quit"},
    {"so theres", "& theres"}, {"so these", "& these"}, {"so this", "& this"}, {"so those", "& those"},
    {"so my", "& my"}, {"so we", "& we"}, {"so he", "& he"}, {"so she", "& she"}, {"so there is", "& there is"},
    {"so you", "& you"}, {"so take", "& take"}, {"so remove", "& remove"}, {"so delete", "& delete"},
    {"so cancel", "& cancel"}, {"so no", "& no"}, {"so end", "& end"}, {"so lose", "& lose"}, {"so id", "& id"},
    {"so unsubscribe", "& unsubscribe"}, {"so it", "& it"}, {"so cease", "& cease"}, {"so un", "& un"},
    {"so leave", "& leave"}, {"so no more", "& no more"}, {"asi que|por eso", "&"}, {"qué", "que"},
    {"porqué", "porque"}, {"f you|fuck u|fu|fuck yall", "fuckyou ,"},
    {"fuck off|eff off|allez vous faire foutre|go to hell|vete al carajo|vayanse al carajo|f off|piss off|fuck offf|f "
     "u", "fuckoff"},
    {"yes|yep|yeah|yup|sure|oui", ","},
    // Thinking aloud.
    {"honestly|frankly|i think|i believe|i guess|i feel|look|listen|well|oh|um|creo que|pienso que|la verdad|je pense "
     "que|je crois que|franchement|honnetement|mira|miren|bueno|pues", ""},
    // English.
    {"r", "are"}, {"w", "with"}, {"outta|outa", "out of"}, {"offa|offof", "off"},
    {"txtn|textn|txten|textng|txtting", "texting"}, {"enuf|enuff|enought", "enough"},
    {"hit me up|hmu|hit my phone|hit me|blow me up", "text me"}, {"check in", "checkin"},
    {"chill with|chill out with|chill out|chill w", "with"}, {"no thank you to|no thanks to|no thx to", "no more"},
    {"formally|respectfully|officially|politely|humbly|promptly|effective immediately|effective now|henceforth|finally|"
     "literally|obviously|clearly", ""},
    {"i never want|never want|never wanna|i dont ever want|dont ever want|doesnt want|does not want|dont whant|doesnt "
     "wish|didnt want|does not wish|wont want|not want", "nowant"},
    {"doesnt need|does not need|wont need|wont be needing|not be needing|am not needing|im not needing|need no|didnt "
     "need", "noneed"},
    {"is it possible to|would it be possible to|any chance i could|is there any way to|is there a way i can|is there "
     "any way i can|any way i can|is there a way to", "can i"},
    {"any chance you could|is it possible for you to|could someone|can someone|can somebody|could somebody|will "
     "someone|could somebody there|can anybody|can anyone", "can you"},
    {"if you stopped|if yall stopped|if u stopped|if you guys stopped", "you can stop"},
    {"i dont want to miss|dont want to miss|dont want to lose|i dont want to lose|no quiero dejar de|no quiero perder|"
     "no quiero perderme|je ne veux pas manquer|je ne veux pas rater|i dont want to stop|dont want to stop|i never "
     "want to miss", "stillwant"},
    {"make it so i dont get|make it so i dont receive|make it so that i dont get|make it where i dont get|make it so "
     "they dont send|make it so you dont send", "stop receiving"},
    {"make sure i dont|ensure i dont|make sure that i dont|see that i dont", "nowant to"},
    {"check on me|check up on me|checking on me|checking up on me|check in on me|checking in on me|check in with me|"
     "checkin on me|checkin with me|checking in with me|checking in|check up", "contact me"},
    {"about not getting|about not receiving|to not get|to not receive|to avoid getting", "to stop receiving"},
    {"would rather you not|would rather you didnt|would prefer you not|would prefer you didnt|rather you not|prefer "
     "you dont|rather you dont", "dont"},
    {"make sure you dont|make sure yall dont|make sure to not|be sure you dont", "dont"},
    {"id rather you didnt|i would rather you didnt|id rather you dont|id rather you not|i prefer that you not|i prefer "
     "you not|i prefer that you dont|id prefer you not|id prefer you didnt|id prefer if you didnt|rather you "
     "didnt", "dont"},
    {"u|yall|ya ll|you all|you people|you guys", "you"}, {"ur|yur|yr|yalls", "your"}, {"youre", "you are"},
    {"youve", "you have"},
    {"do not|don t|dnt|donot|dont you|dont you dare|dont u|dont ever|dont even|do not ever|don|dotn", "dont"},
    {"would you mind", "can you"}, {"nomore|no mor|no moar|no mo", "no more"}, {"never ever", "never"},
    {"can not|can t|cannot", "cant"}, {"i am|i m", "im"}, {"ive|i ve", "i have"}, {"i would|i d", "id"},
    {"would like|wud like", "like"}, {"any more|any longer|any further", "anymore"}, {"no longer", "nolonger"},
    {"opt out|opting out|opted out from|opt outs|optar por no|opt ot", "optout"},
    {"opt me out|opt us out", "optout me"}, {"opt this number out|opt my number out", "optout mynumber"},
    {"wanna|want too", "want to"}, {"gonna", "going to"}, {"gotta|got to|hafta", "have to"},
    {"s t o p|stopp|sotp|stpo|stopt|stopo|stoop|stahp|stap|st0p|sstop|ztop|stob|srop|stoo|sto p|s top", "stop"},
    {"spot texting", "stop texting"}, {"stopit", "stop it"}, {"opted out", "optedout"}, {"sto texting", "stop texting"},
    {"sto", "stop"},
    {"if you dont take|if you dont remove|if you dont quit|if you dont stop|if you do not stop|if u dont stop|unless "
     "you stop|if this doesnt stop|if they dont stop|si no paran|si no dejan|si vous ne arretez pas", "ifnotstop"},
    {"ur annoying|your annoying", "you are annoying"}, {"reaching out", "contacting"}, {"reach out", "contact"},
    {"lemme", "let me"}, {"cuz|cause|bc|coz|becuz|cos|bcuz", "because"}, {"every day|everyday|each day|daily", "daily"},
    {"his phone|her phone|his number|her number|their number|my phone|my number|my cell|my cell phone|my cellphone|my "
     "mobile|this number|this phone|this cell|the number|my phone number|this phone number|my mobile number|my cell "
     "number|on my phone|on this phone|at this number|at my number|on this number|mi numero|mi telefono|mi celular|mi "
     "movil|este numero|este telefono|a este numero|a este telefono|este celular|mi numero de telefono|mi numero de "
     "celular|este numero de telefono|mon numero|mon telephone|mon portable|ce numero|ce telephone|mon numero de "
     "telephone|sur mon telephone|sur ce numero|a ce numero|mon num|my num|ce numero de telephone", "mynumber"},
    {"wrong num|wrong no|wrong nr|wrong numba|wrng number|rong number|wrong phone number|wrong phone", "wrong number"},
    {"i dont want|i really dont want|dont want|i nolonger want|nolonger want|i dont wish|i nolonger wish|nolonger wish|"
     "dont wish|i dont care to|id rather not|i would rather not|id prefer not|i prefer not|prefer not|rather not|i "
     "never wanted|i refuse|i dont like to|id like not|i dont wanna|i didnt want|we dont want|i nolonger like|i dont "
     "desire|i dont whant|i dont wnat|i do not want|i want no|we nolonger want|i dont need to|no quiero|no deseo|no "
     "quisiera|no kiero|no qiero|prefiero no|preferiria no|no queremos|no deseamos|no me interesa|no quero|no quiere|"
     "me niego a|no me gustaria|no estoy interesado en|no estoy interesada en|je ne veux plus|je veux plus|je ne veux "
     "pas|je veux pas|je ne souhaite plus|je ne souhaite pas|je souhaite plus|je souhaite ne plus|je ne desire plus|je "
     "ne desire pas|je ne voudrais plus|je voudrais ne plus|je desire ne plus|je prefere ne plus|je prefere ne pas|je "
     "refuse|nous ne voulons plus|jaimerais ne plus|je aimerais ne plus|jveux plus|je veux ne plus|je ne tiens plus a|"
     "j veux plus", "nowant"},
    {"i dont need|dont need|i nolonger need|nolonger need|i dont require|i nolonger require|no necesito|no me hacen "
     "falta|je ne ai plus besoin|je ai plus besoin|je ne ai pas besoin|je ai pas besoin|plus besoin", "noneed"},
    {"turn off|switch off|shut off|turn of|shut down|switch of|get rid of|put an end to|put a stop to|put a end to|do "
     "away with|call off|knock off", "halt"},
    {"knock it off with|cut it out with|knock off with|cut it with|lay off with|lay off|stop it with|quit it "
     "with", "quit with"},
    {"enough with", "quit with"}, {"stop w|quit w", "quit with"},
    {"no point|no reason|no use|no sense|no need|not necessary|isnt necessary|unnecessary|isnt any need|isnt any point|"
     "not needed|no sirve|no hace falta|no es necesario|no hay necesidad|no tiene caso|no tiene sentido|ya no hace "
     "falta|inutile|pas la peine|plus la peine|pas besoin|pas necessaire|plus necessaire|ne sert a rien", "nopoint"},
    {"jveu pu|jveux pu|veux pu|jveu plus|veut plus|je veu plus|je veu pu|jveu pas|ne veux pas|ne veux plus|jen veux "
     "plus|je ne en veux plus|je ne en ai plus besoin|je en veux plus|je ne en veux pas|je en veux pas|je ne en veux|"
     "ne en veux plus|ne en veux pas", "nowant"},
    {"effective today|as of today|starting today|from today on|from now on|as of now|starting now|going forward|desde "
     "hoy|a partir de hoy|de ahora en adelante|a partir de ahora|desde ahora|des aujourdhui|dorenavant|desormais|a "
     "lavenir|de favor|manually|de votre part|de ta part|de su parte|de parte de ustedes|on your end|from your end|on "
     "your part", ""},
    {"cortenla con|cortala con|dejense de|dejense con|cortenle con|ya estuvo con|basta ya de|ya basta de|basta con|ya "
     "estuvo bueno de|y ya con", "paren con"},
    {"me rehuso a|me reuso a|me niego a", "nowant"},
    {"ne ai plus envie de|je ne ai plus envie de|jai plus envie de|plus envie de|plus envie", "nowant"},
    {"un enroll|de enroll|dis enroll|un subscribe|un subscribed", "unsubscribe"}, {"im done w", "im done with"},
    {"checkins|check ins|check ups", "checkins"}, {"pa", "para"}, {"kiten|kitenme", "quitenme"},
    // Spanish and French.
    {"q|k|ke", "que"}, {"xq|pq|porq|por que", "porque"}, {"d", "de"}, {"toy", "estoy"}, {"nomas", "no mas"},
    {"darse", "darme"}, {"jen", "je en"}, {"jai", "je ai"}, {"ai deja dit|vous ai deja dit", "ai dit"},
    {"staahp", "stop"}, {"m", "me"}, {"j", "je"}, {"l", "le"}, {"jaimerais", "je aimerais"}, {"cest", "ce est"},
    {"menvoyez", "me envoyez"}, {"nenvoyez", "ne envoyez"}, {"menvoyer", "me envoyer"}, {"denvoyer", "de envoyer"},
    {"mecrire", "me ecrire"}, {"decrire", "de ecrire"}, {"mecrivez", "me ecrivez"}, {"necrivez", "ne ecrivez"},
    {"menvoie|menvoies", "me envoie"}, {"mecris", "me ecris"}, {"mappelez", "me appelez"}, {"mappeler", "me appeler"},
    {"membeter", "me embeter"}, {"darreter", "de arreter"}, {"narretez", "ne arretez"}, {"arreté|arrété", "arretai"},
    {"leur", "les"}, {"desinscrivezmoi", "desinscrivez moi"}, {"desabonnezmoi", "desabonnez moi"},
    {"laissezmoi", "laissez moi"}, {"retirezmoi", "retirez moi"}, {"supprimezmoi", "supprimez moi"},
    {"enlevezmoi", "enlevez moi"},
};

}  // namespace

absl::Span<const Rewording> Rewordings() { return kRewordings; }

}  // namespace aftercare::plan
