#include "scheduler/plan/input/wish_patterns.h"

namespace aftercare::plan {
namespace {

// See wish_words.cc for the classes of words. These patterns may be wide: what they find is at most doubtful.
constexpr WordPattern kPatterns[] = {
    // Perhaps.
    {kMessageDoubt, "too|so|demasiados|demasiado|tantos|muchos|trop|tant|many|much|beaucoup many|much|de|d? DET* "
     "MESSAGE"},
    {kMessageDoubt, "too|so much|many SENDING"},
    {kMessageDoubt, "FEDUP|hate|enough|dislike|despise|annoyed|over|odio|odie|assez|ras|detesto|harta|deteste of|with|"
     "by|de|le|tus|hasta? bol? de? hearing|getting|receiving|you|your|SENDING|seeing|recibir? MID* MESSAGE|SENDING|you|"
     "RECEIVE"},
    {kMessageDoubt, "NOWANT|NONEED DET* MESSAGE"},
    {kMessageDoubt, "why im i|am still|i? getting|receiving|you i?"},
    {kMessageDoubt, "why am i still? getting|receiving|GET|RECEIVE THING"},
    {kMessageDoubt, "why do|are|did|is you|i|u|this still|always? keep? SENDING|SENDI|get|getting|keep|receive me|"
     "these|this|DET"},
    {kMessageDoubt, "you keep|always|constantly|still SENDING"},
    {kMessageDoubt, "i keep getting|receiving DET* MESSAGE"},
    {kMessageDoubt, "do|must|will|should|does i|we|it have|need|gotta|always to? keep|continue? RECEIVE|GET|getting|"
     "receiving to? these|this|those|MESSAGE|it $"},
    {kMessageDoubt, "do|must|will|should i|we have|need|gotta? to? keep? RECEIVE|GET DET* MESSAGE"},
    {kMessageDoubt, "how|do many|much|long|often more|will|do|are|i|you|going|get? MESSAGE"},
    {kMessageDoubt, "how long|many|much are|will|do|more you|i|are|of|must going|keep|have|get|to? to? get|keep|these|"
     "SENDING|SENDI|RECEIVE? DET* MESSAGE|these|SENDING|me"},
    {kMessageDoubt, "when|will|do will|do|does|are|is DET* MESSAGE STOP|end|stop"},
    {kMessageDoubt, "how|who did|gave|told you|u get|my? my|mynumber mynumber?"},
    {kMessageDoubt, "how|who did|gave|has|got you|u? get|have|got? mynumber"},
    {kMessageDoubt, "dont need|want|like|appreciate|care DET* MESSAGE"},
    {kMessageDoubt, "MESSAGE are|is|get|getting|drive|driving|bother|bothering|annoy|annoying|molestan|son|sont|me so|"
     "too|not|very|no|tres|trop? annoying|much|harassment|unwanted|nolonger|excessive|bothering|me|unnecessary|useless|"
     "many|helpful|crazy|molestan|molestos|demasiados|agacants|penibles|necessary|needed|wanted|waste|ridiculous"},
    {kMessageDoubt, "if|next you|time|u SENDI|keep|you|contact SENDING|me|again|SENDI"},
    {kMessageDoubt, "ill|im|i|will going|will|to|gonna? to? report|block|blocking|sue|reporting|blocked this|you|DET"},
    {kMessageDoubt, "pause|mute|snooze|pausar|pausen|suspend|silence|silenciar DET* MESSAGE"},
    {kMessageDoubt, "i? never|dont|didnt|dint|dident sign|signed|asked|ask|agreed|agree|subscribe|subscribed|requested|"
     "enroll|enrolled|consent|opt|optin"},
    {kMessageDoubt, "dont remember signing|agreeing|subscribing|asking"},
    {kMessageDoubt, "optedout"},
    {kMessageDoubt, "i unsubscribed|optedout|opted|texted|sent|replied|wrote|put out|stop"},
    {kMessageDoubt, "STOP for|until|til|till|on|at|after|from|so|por|hasta|pour|jusque now|today|it|a|hoy|awhile|bit|"
     "tonight|while|monday|tomorrow|later|while $"},
    {kMessageDoubt, "me molestan|molesta|cansan|fastidian|hartan DET* MESSAGE"},
    {kMessageDoubt, "tengo|hay que|debo seguir? recibir|recibiendo DET* MESSAGE"},
    {kMessageDoubt, "porque|para? que? me|nos siguen|envian|mandan|escriben|llegan|sigue|estan|sigo enviando|mandando|"
     "escribiendo|llegando|recibiendo|DET|MESSAGE"},
    {kMessageDoubt, "siguen|estan SENDINF|llegando|molestando"},
    {kMessageDoubt, "hasta cuando me? van|seguiran|voy? a? SENDINF|RECEIVE|mandar"},
    {kMessageDoubt, "cuantos|combien de? mas? MESSAGE"},
    {kMessageDoubt, "nunca|no|jamas pedi|pedí|autorice|autoricé|solicite|solicité|suscribi|suscribí|di|me me? suscribi|"
     "suscribí|inscribi|esto|estos|recibir|permiso|MESSAGE|mynumber|inscribí"},
    {kMessageDoubt, "je ne? ai jamais|pas|rien demandé|demande|inscrit|inscrite|autorisé|donné|souscrit"},
    {kMessageDoubt, "pourquoi je? vous? recois|me|vous|continuez|je|est recois|envoyez|ecrivez|ce|me|SENDFR"},
    {kMessageDoubt, "dois|est je|ce continuer|a|que|recevoir je? dois? a? recevoir DET* MESSAGE"},
    {kMessageDoubt, "vous me|ne harcelez|derangez|fatiguez|soulez|saoulez|embetez|gonflez"},
    {kMessageDoubt, "can|could i|we UNSUB|STOP GET|RECEIVE|these|those|this|MESSAGE"},
    {kMessageDoubt, "puedo|quiero|podria dejar|parar de recibir"},
    {kMessageDoubt, "cancel|cancelar|annuler|end DET* MESSAGE"},
    {kMessageDoubt, "sin|no MESSAGE mas $"},
    {kMessageDoubt, "not interested|interesado in DET* MESSAGE"},
    {kMessageDoubt, "ya? no me interesa|interesan DET* MESSAGE"},
    {kMessageDoubt, "fewer|less|menos|moins de? MESSAGE"},
    {kMessageDoubt, "you|u SENDI|SENDING me|us? too|so|way much|often|many|too"},
    {kMessageDoubt, "MESSAGE are|is? getting|becoming? so|too|very|really? annoying|old|ridiculous|excessive|"
     "irritating"},
    {kMessageDoubt, "est ce que? je dois RECEIVE"},
    {kMessageDoubt, "how many|much more of these|this"},
    {kMessageDoubt, "ifnotstop"},
    {kMessageDoubt, "to say|tell|type|reply|text STOP"},
    {kMessageDoubt, "understand|part|means|word of|the? STOP"},
    {kMessageDoubt, "STOP means STOP"},
    {kMessageDoubt, "make|get you|yall to? STOP|quit $"},
    {kMessageDoubt, "STOP|quit harassing|harrassing|spamming"},
    {kMessageDoubt, "remove|delete|erase|unenroll me|us|my|her|him|mynumber off|from"},
    {kMessageDoubt, "REMOVE me|us off|from|out DET* program|service|services|study|thing $"},
    {kMessageDoubt, "STOP|quit GET|RECEIVE these|this DET* $"},
    {kMessageDoubt, "NEG SENDI|CONTACTED back|at|to? $"},
    {kMessageDoubt, "STOP|quit asking me|us? about|questions|for|if|to|how"},
    {kMessageDoubt, "only SENDI me"},
    {kMessageDoubt, "ce est penible|agacant|trop DET* MESSAGE"},
    {kMessageDoubt, "no|ne|dont|didnt|never? autorizo|autorise|autorice|authorize|authorized que? usen|use|using? "
     "mynumber"},
    {kMessageDoubt, "STOP|quit BOTHERING|SENDING me|us about"},
    {kDoubt, "can|could you not $"},
    {kMessageDoubt, "keeps SENDING me|us"},
    {kMessageDoubt, "how|where|to i|we|do? UNSUB"},
    {kMessageDoubt, "arretez|paren|parenle|parele $"},
    {kMessageDoubt, "i|we? dont|cant|never do|use|accept MESSAGE|SENDING"},
    {kMessageDoubt, "you|yall|they|them? still|keep|kept SENDING"},
    // The wrong person.
    {kDoubt, "wrong|incorrect|mauvaise|mauvais|faux|otro|different number|person|guy|lady|patient|numero|destinataire|"
     "girl|woman|man|dude|personne|chat"},
    {kDoubt, "this? mynumber|phone|number nolonger? belongs|isnt|doesnt|changed"},
    {kDoubt, "mynumber|phone|number is not|nolonger|someones"},
    {kDoubt, "pas|plus mynumber"},
    {kDoubt, "pas le? bon|bonne numero|personne"},
    {kDoubt, "i dont know|recognize who|you|this"},
    {kDoubt, "no se quien|quienes"},
    {kDoubt, "blocked|blocking|reported|reporting|blocks? you|this|mynumber? $"},
    {kDoubt, "NOWANT DET* service|servicio|program|programa $"},
    {kDoubt, "vous ne avez pas le? bon|bonne"},
    {kDoubt, "vous me enervez|fatiguez|agacez"},
    {kDoubt, "do|will you STOP|quit $"},
    {kDoubt, "when|is does|will|this this? going? to? end|STOP $"},
    {kDoubt, "estuvo bueno? $"},
    {kDoubt, "que molestos|pesados son $"},
    {kDoubt, "lachez|lache le affaire $"},
    {kReason, "not _ _? $"},
    {kDoubt, "numero|telefono|persona equivocado|incorrecto|erroneo|erroné|equivocada|incorrecta|errado"},
    {kDoubt, "se|te|os equivocaron|equivoco|equivocan|equivocado|equivocó|confundieron|han equivocado? de|del? numero|"
     "persona?"},
    {kDoubt, "vous|tu vous|te|avez|etes? trompez|trompe|trompé|faites|fait|mauvais|faux erreur? de|numero? numero|"
     "personne?"},
    {kDoubt, "erreur de|sur? numero|personne|destinataire|la"},
    {kDoubt, "you? have|got|are the? wrong"},
    {kDoubt, "im|i|no|je|ne|soy|this|isnt not|soy|am|suis|is|ne|isnt the|pas|la|el|not|suis|your|his|her|su|le|your|"
     "this patient|person|persona|paciente|pas|patiente _? _? $"},
    {kDoubt, "not mynumber|my|me number?"},
    {kDoubt, "no soy|es _ _? _? $"},
    {kDoubt, "im|this is|isnt|aint|not|wasnt not? _ _? $"},
    {kDoubt, "ce|je ne? suis|est pas _ _? _? $"},
    {kDoubt, "_ no|nolonger|doesnt|dont longer? has|have|uses|own|live|owns|tiene|lives|vive|at this|mynumber|here|"
     "anymore|este|aqui"},
    {kDoubt, "she|he|mother|mom|dad|father|husband|wife|they|patient|person died|passed|is|has|deceased|dead deceased|"
     "dead|away|died|passed?"},
    // Enough.
    {kDoubt, "enough|basta|suficiente|bastante|assez|already is|es|ya|already? enough|suficiente? $"},
    {kDoubt, "thats|that|ca|cela|i is|have|had? had? quite|about|just|all|plenty? enough|suffit of? this|it|you|"
     "ustedes? $"},
    {kDoubt, "ca|cela suffit"},
    {kDoubt, "im|i|so|am|estoy|je|en|ai|me|esto? so|am|suis|muy|tan|en|tienen|tiene|getting? FEDUP|over|annoyed up? of|"
     "with|de|la|by|this this|it|you|these|esto|ustedes|vous|all|coronilla|eso|tanto|everything|them this? $"},
    {kDoubt, "im|i|so|am|estoy|je|en|ai|me|so|muy|tan|suis? fed|annoyed|harto|harta|hartos|marre|irritated up? $"},
    {kDoubt, "this|thats|its|that|you|esto|eso|ce|it is|are|est|se|getting|gets|es|has|becoming so|too|very|really|muy|"
     "un|a|getting|gotten|vraiment|esta|spam|much? annoying|ridiculous|harassment|spam|much|irritating|excessive|old|"
     "bothersome|a|molesto|fastidioso|demasiado|acoso|agacant|penible|harcelement|trop|bothering|nuisance|absurd|"
     "stupid|molestia|penible|fastidio|insupportable|pesado|pesados me? $"},
    {kDoubt, "annoying|annoyed|spam|harassment|ridiculous|unwanted|spammers|scam|acoso|harcelement|fastidio|pesados|"
     "agacant|penible $"},
    {kDoubt, "que|how|quel|so|very|too fastidio|pesados|pesadez|lata|molestos|annoying|pesado|molestia|much|horror $"},
    {kDoubt, "im|estoy|je|no|i? ne? suis? not|no|nolonger|estoy|ne|suis|dont|am|more|pas|longer|me|plus? interested|"
     "interesado|interesada|interesa|interessé|interessee|interesse|interessée|wanted anymore? $"},
    {kDoubt, "make|let|makes it|this|ca|them STOP|end|ca|cesse $"},
    {kDoubt, "how do|can i|you make|get|turn|stop|shut this|it|off|these|rid off|to|of|this? STOP|it? $"},
    {kDoubt, "i|we? want|id|like|wish|need|choose|quiero|quisiera|deseo|je|veux|voudrais|souhaite like|to|veux|"
     "voudrais|souhaite? to? STOP|quit|out|off|cancel|end|parar|cancelar|salir|withdraw|dejarlo|salirme|leave it|this|"
     "now|of|everything|all|esto|tout? this|it? $"},
    {kDoubt, "block $"},
    {kDoubt, "im|so|was? over it|this $"},
    {kDoubt, "pause|snooze|mute|suspend|unenroll DET* $"},
    {kDoubt, "STOP for|por|pour $"},
    {kDoubt, "NOWANT to|seguir? do|continue|keep|participate|doing|continuar|participar|continuer|hacer|faire with|"
     "going|con|en|in? DET* $"},
    {kDoubt, "ca commence a bien? faire|bien $"},
    {kDoubt, "otra ustedes|vez $"},
    {kDoubt, "i quit|cancel|give $"},
    {kDoubt, "count|leave me|us out of? this|it? $"},
    {kDoubt, "give|dame it|me un? a? rest|break|respiro|descanso $"},
    {kDoubt, "knock|cut|drop|shut it|up off|out? $"},
    {kDoubt, "shut up|it $"},
    {kDoubt, "stfu|gtfo|foh|fuckoff|calla|callate|callense|pfff|screw|spammer|silence|tais|taisez you|u|vous? $"},
    {kDoubt, "no|nolonger|not need|needed|necessary|interes|necesario|necesarios|nada needed|necessary? $"},
    {kDoubt, "these|they|this|those|it|estos|esto|ya|ces|are|im is|are|ne|no|son|sont|me not|nolonger|annoying|"
     "unnecessary|useless|pas|no|plus|molestan|necesarios|annoy|bother needed|necessary|necesarios|useful|for|annoying|"
     "me|helpful|utiles|interesan|necessaires? $"},
    {kDoubt, "me tienen|tiene|estan|esta|traen harto|harta|cansado|cansada|hasta|hartando|cansando|cansa|molestando la|"
     "madre|coronilla|los|el|gorro? coronilla|madre|huevos? $"},
    {kDoubt, "me|ya canse|cansé|harte|harté|estan|cansan|cansaron|hartaron|harte $"},
    {kDoubt, "je? en ai assez|marre de? tout|ca? $"},
    {kDoubt, "ras le bol $"},
    {kDoubt, "marre de? ca|tout? $"},
    {kDoubt, "ca|vous me soule|saoule|gonfle|fatigue|agace|enerve|soulez|saoulez|gonflez $"},
    {kDoubt, "laissez|laisse|dejen|dejenme|dejeme|dejame moi|me? $"},
    {kDoubt, "STOP STOP* this|these|those|it|that|them|asking|now|time $"},
    {kDoubt, "fuckyou"},
    {kDoubt, "fuck|screw you|this|it|u $"},

    // For messages.
    {kContactWish, "text|call|message|email|write|remind|contact|phone me|us"},
    {kContactWish, "text|call|email instead|only $"},
    {kContactWish, "text|call|email|write $"},
    {kContactWish, "llamenme|llameme|escribanme|escribame|mandenme|appelez|rappelez|envoyez|ecrivez moi|un|otro|mas|"
     "mensajes"},
    {kCounterWish, "dont|never|not|wont|shouldnt|cant STOP|UNSUB|quit|cancel|end"},
    {kCounterWish, "dont|never|not|wont|shouldnt|cant REMOVE me|us|my|mynumber|moi"},
    {kCounterWish, "dont want|wish|like to STOP|UNSUB|quit"},
    {kCounterWish, "NOWANT que? you? to? STOP|UNSUB|quit|CEASE"},
    {kCounterWish, "keep|continue|sigan|siga|continuez SENDING|SENDINF|SENDING|the|them|to|a|de"},
    {kCounterWish, "keep DET* MESSAGE coming"},
    {kCounterWish, "no dejen|deje|paren|pare|dejes|pares|cancelen de?"},
    {kCounterWish, "ne STOP pas|jamais"},
    {kCounterWish, "stillwant"},
    {kCounterWish, "MESSAGE that? i|we sent|left|wrote|send|typed"},
    {kCounterWish, "no me|nos llegan|llego|llegó|llega|han|llegaron|ha"},
    {kCounterWish, "laissez|laisse|leave|left|dejeme|dejenme|dejen|deje me|moi|us|nous? un|a|el|le|the MESSAGE"},
    {kCounterWish, "my|the|mi|mon last|previous|earlier|ultimo|dernier MESSAGE"},
    {kCounterWish, "NOWANT MID* MESSAGE|this|it|these|PRONOUN to STOP|end|quit|cease"},
    {kCounterWish, "start|restart|resume|sign MID* MESSAGE|up|back again|back|up THING*"},
    {kCounterWish, "new|correct|right|nuevo|nouveau number|numero|cell|phone|one is|es|est|to"},
    {kCounterWish, "use|try this|the|my new|other number|one|phone|cell|email"},
    {kCounterWish, "instead"},
    {kCounterWish, "arretez|arrete|arretai pas"},
};

}  // namespace

absl::Span<const WordPattern> DoubtPatterns() { return kPatterns; }

}  // namespace aftercare::plan
